namespace Alignment.Data.Jinja;

/// <summary>The variable <c>loop</c>.</summary>
/// <param name="items">All items of the loop.</param>
/// <param name="depth">How many loops stand around it, itself included.</param>
/// <param name="budget">Counts comparisons.</param>
internal sealed class LoopValue(IReadOnlyList<object> items, int depth, Budget budget)
{
    private IReadOnlyList<object>? _changed;

    /// <summary>The item's index, from 0.</summary>
    public int Index { get; set; }

    /// <summary>An attribute; null where there is none of that name.</summary>
    public object? Attribute(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(items.Count - Index),
        "revindex0" => (long)(items.Count - Index - 1),
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => (long)depth,
        "depth0" => depth - 1L,
        "previtem" => Index > 0 ? items[Index - 1] : new UndefinedValue("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new UndefinedValue("there is no next item"),
        "cycle" => new FunctionValue("loop.cycle", Cycle),
        "changed" => new FunctionValue("loop.changed", Changed),
        _ => null,
    };

    private object Cycle(CallArguments arguments) => arguments.Positional.Count > 0
        ? arguments.Positional[Index % arguments.Positional.Count]
        : throw new JinjaException("no items for cycling given");

    private object Changed(CallArguments arguments)
    {
        var same = _changed is not null && _changed.Count == arguments.Positional.Count && _changed.Zip(arguments.Positional).All(pair => Operators.AreEqual(pair.First, pair.Second, budget));
        _changed = arguments.Positional;
        return !same;
    }
}
