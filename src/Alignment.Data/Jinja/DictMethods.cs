namespace Alignment.Data.Jinja;

/// <summary>Methods of dictionaries. Those that change one are refused, as in the immutable sandbox.</summary>
internal static class DictMethods
{
    /// <summary>The method; null where there is none of that name.</summary>
    public static object? Find(DictValue dict, string name, Budget budget) => name switch
    {
        "items" => Function(name, () => new SequenceValue("dict_items", dict.Items.Select(Pair), dict.Items.Count)),
        "keys" => Function(name, () => new SequenceValue("dict_keys", dict.Items.Select(pair => pair.Key), dict.Items.Count)),
        "values" => Function(name, () => new SequenceValue("dict_values", dict.Items.Select(pair => pair.Value), dict.Items.Count)),
        "copy" => Function(name, () => Copy(dict, budget)),
        "get" => new FunctionValue(name, arguments =>
        {
            var given = arguments.Bind("get()", 1, "|key", "|default");
            return dict.Find(given[0]!) ?? given[1] ?? None.Value;
        }),
        "clear" or "pop" or "popitem" or "setdefault" or "update" => Values.Unsafe(dict, name),
        _ => null,
    };

    /// <summary>Key and value as a tuple.</summary>
    public static object Pair(KeyValuePair<object, object> pair) => new ListValue([pair.Key, pair.Value], isTuple: true);

    private static DictValue Copy(DictValue dict, Budget budget)
    {
        budget.Charge(16L * dict.Items.Count);
        return dict.Items.Aggregate(new DictValue(), (copy, pair) => copy.Set(pair.Key, pair.Value));
    }

    private static FunctionValue Function(string name, Func<object> call) => new(name, arguments =>
    {
        arguments.Bind($"{name}()", 0);
        return call();
    });
}
