namespace Alignment.Data.Jinja;

/// <summary>What can be looped over without being a list: a generator, which gives its items once, or a view or range, which gives them again and again.</summary>
/// <param name="kind">Its type in Python.</param>
/// <param name="items">The items.</param>
/// <param name="count">How many; null for a generator.</param>
/// <param name="shown">How it is written where its items are not; null where they are.</param>
internal sealed class SequenceValue(string kind, IEnumerable<object> items, int? count = null, string? shown = null)
{
    private IEnumerable<object> _items = items;

    /// <summary>The type's name.</summary>
    public string Kind { get; } = kind;

    /// <summary>How it is written where its items are not.</summary>
    public string? Shown { get; } = shown;

    /// <summary>How many items; null where nobody knows before they are counted.</summary>
    public int? Count { get; } = count;

    /// <summary>A generator over items that are made when they are asked for.</summary>
    public static SequenceValue Generator(IEnumerable<object> items) => new("generator", items, shown: "<generator object>");

    /// <summary>The items; of a generator those that were not taken yet.</summary>
    public IEnumerable<object> Take()
    {
        var items = _items;
        if (Count is null)
        {
            _items = [];
        }

        return items;
    }
}
