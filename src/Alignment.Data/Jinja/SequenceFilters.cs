namespace Alignment.Data.Jinja;

/// <summary>Filters of whole sequences.</summary>
internal static class SequenceFilters
{
    /// <summary>By name.</summary>
    public static readonly Dictionary<string, Func<object, CallArguments, Renderer, object>> All = new(StringComparer.Ordinal)
    {
        ["list"] = (value, arguments, renderer) => new ListValue(Items("list", value, arguments, renderer)),
        ["first"] = (value, arguments, renderer) => Single("first", value, arguments, renderer, items => items.FirstOrDefault()),
        ["last"] = (value, arguments, renderer) => Single("last", value, arguments, renderer, items => items.LastOrDefault()),
        ["reverse"] = Reverse,
        ["items"] = Pairs,
        ["batch"] = Batch,
        ["slice"] = Slice,
        ["sum"] = Sum,
        ["attr"] = (value, arguments, renderer) => value is DictValue dict
            ? DictMethods.Find(dict, Name(arguments), renderer.Budget) ?? new UndefinedValue($"'dict object' has no attribute '{Name(arguments)}'")
            : Values.Attribute(value, Name(arguments), renderer.Budget),
    };

    private static string Name(CallArguments arguments) => Values.String(arguments.Bind("attr", 1, "name")[0]!, "attr").Value;

    private static List<object> Items(string name, object value, CallArguments arguments, Renderer renderer)
    {
        arguments.Bind(name, 0);
        return Values.Items(value, renderer.Budget);
    }

    private static object Single(string name, object value, CallArguments arguments, Renderer renderer, Func<IEnumerable<object>, object?> choose)
    {
        arguments.Bind(name, 0);
        var items = name == "last" && value is not (ListValue or DictValue) ? Values.Items(value, renderer.Budget) : Values.Iterate(value, renderer.Budget);
        return value is SequenceValue { Kind: "generator" } && name == "last"
            ? throw new JinjaException("'generator' object is not reversible")
            : choose(items) ?? new UndefinedValue($"no {name} item, sequence was empty");
    }

    private static object Reverse(object value, CallArguments arguments, Renderer renderer)
    {
        var items = Items("reverse", value, arguments, renderer);
        items.Reverse();
        return value is Text text ? items.Aggregate(new TextBuilder(renderer.Budget), (result, item) => result.Append((Text)item)).ToText(text.IsMarkup) : SequenceValue.Generator(items);
    }

    private static object Pairs(object value, CallArguments arguments, Renderer renderer)
    {
        arguments.Bind("items", 0);
        return value switch
        {
            UndefinedValue => SequenceValue.Generator([]),
            DictValue dict => SequenceValue.Generator(dict.Items.Select(DictMethods.Pair)),
            _ => throw new JinjaException("can only get item pairs from a mapping"),
        };
    }

    private static object Batch(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("batch", 1, "linecount", "fill_with");
        var size = Values.Integer(given[0]!);
        var rows = new List<object>();
        List<object> row = [];
        foreach (var item in Values.Items(value, renderer.Budget))
        {
            if (row.Count == size)
            {
                rows.Add(new ListValue(row));
                row = [];
            }

            row.Add(item);
        }

        if (row.Count > 0)
        {
            Fill(row, given[1], size, renderer);
            rows.Add(new ListValue(row));
        }

        return SequenceValue.Generator(rows);
    }

    private static object Slice(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("slice", 1, "slices", "fill_with");
        var count = Values.Integer(given[0]!);
        var items = Values.Items(value, renderer.Budget);
        if (count < 1)
        {
            throw new JinjaException("slice needs at least one slice");
        }

        renderer.Budget.Charge(8 * count);
        var (each, more) = (items.Count / (int)Math.Min(count, int.MaxValue), items.Count % (int)Math.Min(count, int.MaxValue));
        var columns = new List<object>();
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            renderer.Budget.Step();
            var size = each + (i < more ? 1 : 0);
            var column = items.GetRange(at, size);
            at += size;
            if (given[1] is { } fill and not None && i >= more)
            {
                column.Add(fill);
            }

            columns.Add(new ListValue(column));
        }

        return SequenceValue.Generator(columns);
    }

    private static void Fill(List<object> row, object? fill, long size, Renderer renderer)
    {
        if (fill is null or None)
        {
            return;
        }

        renderer.Budget.Charge(8 * Math.Max(0, size - row.Count));
        while (row.Count < size)
        {
            row.Add(fill);
        }
    }

    private static object Sum(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("sum", 0, "attribute", "start");
        var items = Values.Items(value, renderer.Budget).AsEnumerable();
        items = given[0] is { } attribute and not None ? items.Select(ItemPath.Of(attribute, renderer)) : items;
        return items.Aggregate(given[1] ?? 0L, (sum, item) => Operators.Apply("+", sum, item, renderer.Budget));
    }
}
