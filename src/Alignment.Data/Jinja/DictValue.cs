namespace Alignment.Data.Jinja;

/// <summary>A dictionary in the order of its making.</summary>
internal sealed class DictValue
{
    private readonly OrderedDictionary<object, object> _items = new(KeyComparer.Instance);

    /// <summary>Levels of lists and dictionaries, this one included.</summary>
    public int Depth { get; private set; } = 1;

    /// <summary>Keys and values.</summary>
    public IReadOnlyList<KeyValuePair<object, object>> Items => _items;

    /// <summary>Adds a key or replaces its value, which keeps its place.</summary>
    /// <exception cref="JinjaException">A list or dictionary cannot be a key, nor a tuple that holds one.</exception>
    public DictValue Set(object key, object value)
    {
        Depth = Math.Max(Depth, Nesting.Around(Nesting.Of(value)));
        _items[Hashable(key)] = value;
        return this;
    }

    /// <summary>The key's value; null where there is none.</summary>
    /// <exception cref="JinjaException">A list or dictionary cannot be a key, nor a tuple that holds one.</exception>
    public object? Find(object key) => _items.GetValueOrDefault(Hashable(key));

    private static object Hashable(object key) => key is DictValue or ListValue { IsTuple: false } or ListValue { Depth: > 1 } or SliceKey
        ? throw new JinjaException($"unhashable type: '{TypeNames.Of(key)}'")
        : key;

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        public new bool Equals(object? x, object? y) => Operators.AreEqual(x!, y!, null);

        public int GetHashCode(object value) => value switch
        {
            bool flag => flag ? 1 : 0,
            long number => number.GetHashCode(),
            double number when number == Math.Floor(number) && Math.Abs(number) < 1e18 => ((long)number).GetHashCode(),
            ListValue { IsTuple: true } tuple => tuple.Items.Aggregate(0, (hash, item) => HashCode.Combine(hash, GetHashCode(item))),
            _ => value.GetHashCode(),
        };
    }
}
