namespace Alignment.Data.Jinja;

/// <summary>Stable sorting by Python's order.</summary>
internal static class Ordering
{
    /// <summary>The items in the order of their keys; equal ones keep theirs.</summary>
    /// <exception cref="JinjaException">Two keys have no order.</exception>
    public static List<T> Sort<T>(IEnumerable<T> items, Func<T, object> key, bool reverse, Budget budget)
    {
        var keyed = items.Select(item => (Key: key(item), Item: item)).ToList();
        var comparer = Comparer<object>.Create((left, right) => Operators.Compare(left, right, "<", budget));
        try
        {
            return [.. (reverse ? keyed.OrderByDescending(pair => pair.Key, comparer) : keyed.OrderBy(pair => pair.Key, comparer)).Select(pair => pair.Item)];
        }
        catch (InvalidOperationException e) when (e.InnerException is JinjaException inner)
        {
            throw inner;
        }
    }
}
