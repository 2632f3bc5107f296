namespace Alignment.Data.Jinja;

/// <summary>A list or a tuple; templates cannot change either.</summary>
internal sealed class ListValue(IReadOnlyList<object> items, bool isTuple = false)
{
    /// <summary>The items.</summary>
    public IReadOnlyList<object> Items { get; } = items;

    /// <summary>A tuple.</summary>
    public bool IsTuple { get; } = isTuple;

    /// <summary>Levels of lists and dictionaries, this one included.</summary>
    public int Depth { get; } = Nesting.Around(items.Count == 0 ? 0 : items.Max(Nesting.Of));
}
