namespace Alignment.Data.Jinja;

/// <summary>Methods of lists and tuples. Those that change a list are refused, as in the immutable sandbox.</summary>
internal static class ListMethods
{
    /// <summary>The method; null where there is none of that name.</summary>
    public static object? Find(ListValue list, string name, Budget budget) => name switch
    {
        "count" => new FunctionValue(name, arguments =>
        {
            var item = arguments.Bind("count()", 1, "|value")[0]!;
            return (long)list.Items.Count(other => Operators.AreEqual(other, item, budget));
        }),
        "index" => new FunctionValue(name, arguments =>
        {
            var given = arguments.Bind("index()", 1, "|value", "|start", "|stop");
            var slice = new SliceKey(given[1] is { } start ? Values.Integer(start) : null, given[2] is { } stop ? Values.Integer(stop) : null, null);
            foreach (var i in slice.Positions(list.Items.Count))
            {
                if (Operators.AreEqual(list.Items[i], given[0]!, budget))
                {
                    return (long)i;
                }
            }

            throw new JinjaException($"{PythonText.Repr(given[0]!, budget)} is not in list");
        }),
        "copy" when !list.IsTuple => new FunctionValue(name, _ => list),
        "append" or "clear" or "extend" or "insert" or "pop" or "remove" or "reverse" or "sort" when !list.IsTuple => Values.Unsafe(list, name),
        "grouper" when list is { IsTuple: true, Items.Count: 2 } => list.Items[0],
        "list" when list is { IsTuple: true, Items.Count: 2 } => list.Items[1],
        _ => null,
    };
}
