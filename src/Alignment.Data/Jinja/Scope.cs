namespace Alignment.Data.Jinja;

/// <summary>Variables of a block; what is not here is looked up in the block around it.</summary>
internal sealed class Scope(Scope? parent)
{
    private readonly Scope? _parent = parent;
    private readonly Dictionary<string, object> _variables = new(StringComparer.Ordinal);

    /// <summary>How many loops stand around this place.</summary>
    public int Loops { get; init; } = parent?.Loops ?? 0;

    /// <summary>The variable's value, undefined where there is none.</summary>
    public object Get(string name)
    {
        for (var scope = this; scope is not null; scope = scope._parent)
        {
            if (scope._variables.TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return new UndefinedValue($"'{name}' is undefined");
    }

    /// <summary>Sets a variable of this block.</summary>
    public void Set(string name, object value) => _variables[name] = value;
}
