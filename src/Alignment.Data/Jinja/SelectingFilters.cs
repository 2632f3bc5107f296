namespace Alignment.Data.Jinja;

/// <summary>Filters that choose, order or turn the items of a sequence.</summary>
internal static class SelectingFilters
{
    /// <summary>By name.</summary>
    public static readonly Dictionary<string, Func<object, CallArguments, Renderer, object>> All = new(StringComparer.Ordinal)
    {
        ["map"] = Map,
        ["select"] = (value, arguments, renderer) => Select(value, arguments, renderer, wanted: true, byAttribute: false),
        ["reject"] = (value, arguments, renderer) => Select(value, arguments, renderer, wanted: false, byAttribute: false),
        ["selectattr"] = (value, arguments, renderer) => Select(value, arguments, renderer, wanted: true, byAttribute: true),
        ["rejectattr"] = (value, arguments, renderer) => Select(value, arguments, renderer, wanted: false, byAttribute: true),
        ["sort"] = Sort,
        ["dictsort"] = DictSort,
        ["groupby"] = GroupBy,
        ["unique"] = Unique,
        ["min"] = (value, arguments, renderer) => Extreme("min", value, arguments, renderer),
        ["max"] = (value, arguments, renderer) => Extreme("max", value, arguments, renderer),
    };

    private static object Map(object value, CallArguments arguments, Renderer renderer)
    {
        var items = ItemsOrNone(value, renderer);
        if (arguments.Positional.Count == 0)
        {
            var given = arguments.Bind("map", 1, "attribute", "default");
            return SequenceValue.Generator(items.Select(ItemPath.Of(given[0]!, renderer, given[1])));
        }

        var filter = Values.String(arguments.Positional[0], "map").Value;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return SequenceValue.Generator(items.Select(item => Filters.Apply(filter, item, rest, renderer)));
    }

    private static object Select(object value, CallArguments arguments, Renderer renderer, bool wanted, bool byAttribute)
    {
        var items = ItemsOrNone(value, renderer);
        var given = arguments.Positional;
        Func<object, object> part = item => item;
        if (byAttribute)
        {
            part = ItemPath.Of(given.Count > 0 ? given[0] : throw new JinjaException("Missing parameter for attribute name"), renderer);
            given = [.. given.Skip(1)];
        }

        if (given.Count == 0)
        {
            return SequenceValue.Generator(items.Where(item => Operators.IsTrue(part(item)) == wanted));
        }

        var test = Values.String(given[0], "a test's name").Value;
        var rest = arguments with { Positional = [.. given.Skip(1)] };
        return Tests.Exists(test)
            ? SequenceValue.Generator(items.Where(item => Tests.Apply(test, part(item), rest, renderer.Budget) == wanted))
            : throw new JinjaException($"there is no test '{test}'");
    }

    /// <summary>What counts as false has no items for <c>map</c>, <c>select</c> and their kin, <c>none</c> among them.</summary>
    private static IEnumerable<object> ItemsOrNone(object value, Renderer renderer) => Operators.IsTrue(value) ? Values.Items(value, renderer.Budget) : [];

    private static object Sort(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("sort", 0, "reverse", "case_sensitive", "attribute");
        var part = Part(given[2], given[1], renderer);
        return new ListValue(Ordering.Sort(Values.Items(value, renderer.Budget), item => part(item), given[0] is { } reverse && Operators.IsTrue(reverse), renderer.Budget));
    }

    private static object DictSort(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("dictsort", 0, "case_sensitive", "by", "reverse");
        var by = given[1] is { } name ? Values.String(name, "dictsort").Value : "key";
        var dict = value as DictValue ?? throw (value is UndefinedValue undefined ? undefined.Error : new JinjaException($"dictsort needs a mapping, not {TypeNames.Of(value)}"));
        var place = by switch { "key" => 0, "value" => 1, _ => throw new JinjaException("dictsort sorts by 'key' or 'value'") };
        var part = Part(null, given[0], renderer);
        return new ListValue(Ordering.Sort(dict.Items.Select(DictMethods.Pair), item => part(((ListValue)item).Items[place]), given[2] is { } reverse && Operators.IsTrue(reverse), renderer.Budget));
    }

    private static object GroupBy(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("groupby", 1, "attribute", "default", "case_sensitive");
        var exact = ItemPath.Of(given[0]!, renderer, given[1] is None ? null : given[1]);
        var part = Part(given[0], given[2], renderer, given[1] is None ? null : given[1]);
        var groups = new List<(object Key, List<object> Items)>();
        foreach (var item in Ordering.Sort(Values.Items(value, renderer.Budget), part, reverse: false, renderer.Budget))
        {
            var key = part(item);
            if (groups.Count == 0 || !Operators.AreEqual(part(groups[^1].Items[0]), key, renderer.Budget))
            {
                groups.Add((exact(item), []));
            }

            groups[^1].Items.Add(item);
        }

        return new ListValue([.. groups.Select(group => new ListValue([group.Key, new ListValue(group.Items)], isTuple: true))]);
    }

    private static object Unique(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("unique", 0, "case_sensitive", "attribute");
        var part = Part(given[1], given[0], renderer);
        var seen = new DictValue();
        return SequenceValue.Generator(Values.Items(value, renderer.Budget).Where(item =>
        {
            var key = part(item);
            var isNew = seen.Find(key) is null;
            seen.Set(key, true);
            return isNew;
        }));
    }

    private static object Extreme(string name, object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind(name, 0, "case_sensitive", "attribute");
        var part = Part(given[1], given[0], renderer);
        object? best = null;
        foreach (var item in Values.Items(value, renderer.Budget))
        {
            if (best is null || (name == "min" ? Operators.Compare(part(item), part(best), "<", renderer.Budget) < 0 : Operators.Compare(part(item), part(best), ">", renderer.Budget) > 0))
            {
                best = item;
            }
        }

        return best ?? new UndefinedValue("No aggregated item, sequence was empty.");
    }

    /// <summary>What items are compared by; texts in lower case unless case counts.</summary>
    private static Func<object, object> Part(object? attribute, object? caseSensitive, Renderer renderer, object? otherwise = null)
    {
        var exact = caseSensitive is not null && Operators.IsTrue(caseSensitive);
        if (attribute is Text list && list.Value.Contains(','))
        {
            Func<object, object>[] parts = [.. list.Value.Split(',').Select(name => Part((Text)name, caseSensitive, renderer, otherwise))];
            return item => new ListValue([.. parts.Select(part => part(item))]);
        }

        var path = attribute is null or None ? item => item : ItemPath.Of(attribute, renderer, otherwise);
        return item => path(item) is var part && part is Text text && !exact ? TextCase.Apply(text, "lower") : path(item);
    }
}
