namespace Alignment.Data.Jinja;

/// <summary>What <c>cycler()</c> makes: gives its items in turn.</summary>
internal sealed class CyclerValue(IReadOnlyList<object> items)
{
    private int _at;

    /// <summary>An attribute; null where there is none of that name.</summary>
    public object? Attribute(string name) => name switch
    {
        "current" => items[_at],
        "next" => new FunctionValue("next", _ => Next()),
        "reset" => new FunctionValue("reset", _ => Reset()),
        _ => null,
    };

    private object Next()
    {
        var item = items[_at];
        _at = (_at + 1) % items.Count;
        return item;
    }

    private None Reset()
    {
        _at = 0;
        return None.Value;
    }
}
