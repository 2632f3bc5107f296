namespace Alignment.Data.Jinja;

/// <summary>Filters that give texts. What is no text is made one first, as by <c>string</c>.</summary>
internal static class TextFilters
{
    /// <summary>By name.</summary>
    public static readonly Dictionary<string, Func<object, CallArguments, Renderer, object>> All = new(StringComparer.Ordinal)
    {
        ["string"] = (value, arguments, renderer) => Plain("string", value, arguments, renderer),
        ["safe"] = (value, arguments, renderer) => Plain("safe", value, arguments, renderer).WithMarkup(true),
        ["escape"] = (value, arguments, renderer) => Markup.Escape(Plain("escape", value, arguments, renderer), renderer.Budget),
        ["e"] = (value, arguments, renderer) => Markup.Escape(Plain("e", value, arguments, renderer), renderer.Budget),
        ["forceescape"] = (value, arguments, renderer) => Markup.Escape(Plain("forceescape", value, arguments, renderer).WithMarkup(false), renderer.Budget),
        ["upper"] = (value, arguments, renderer) => TextCase.Apply(Plain("upper", value, arguments, renderer), "upper"),
        ["lower"] = (value, arguments, renderer) => TextCase.Apply(Plain("lower", value, arguments, renderer), "lower"),
        ["capitalize"] = (value, arguments, renderer) => TextCase.Apply(Plain("capitalize", value, arguments, renderer), "capitalize"),
        ["title"] = (value, arguments, renderer) => TextCase.Title(Plain("title", value, arguments, renderer)),
        ["trim"] = Trim,
        ["replace"] = Replace,
        ["center"] = (value, arguments, renderer) => Method(Text(value, renderer), "center", new([arguments.Bind("center", 0, "width")[0] ?? 80L], []), renderer),
        ["indent"] = Indent,
        ["truncate"] = Truncate,
        ["wordcount"] = (value, arguments, renderer) => (long)Words(Plain("wordcount", value, arguments, renderer).Value),
        ["format"] = (value, arguments, renderer) => PrintfFormat.Apply(Text(value, renderer), Formatted(arguments), renderer.Budget),
        ["join"] = Join,
        ["tojson"] = ToJson,
    };

    private static Text Text(object value, Renderer renderer)
    {
        var text = PythonText.Of(value, renderer.Budget);
        renderer.Budget.Charge(text.Value.Length);
        return text;
    }

    private static Text Plain(string name, object value, CallArguments arguments, Renderer renderer)
    {
        arguments.Bind(name, 0);
        return Text(value, renderer);
    }

    private static object Method(Text text, string name, CallArguments arguments, Renderer renderer) =>
        ((FunctionValue)StringMethods.Find(text, name, renderer.Budget)!).Call(arguments);

    private static object Trim(object value, CallArguments arguments, Renderer renderer)
    {
        var characters = arguments.Bind("trim", 0, "chars")[0];
        return TextParts.Strip(Text(value, renderer), characters is null or None ? null : Values.String(characters, "trim"), left: true, right: true);
    }

    private static object Replace(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("replace", 2, "old", "new", "count");
        return StringMethods.Replace(
            Text(value, renderer).WithMarkup(false), Text(given[0]!, renderer), Text(given[1]!, renderer), given[2] is { } count and not None ? Values.Integer(count) : -1, renderer.Budget);
    }

    private static object Indent(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("indent", 0, "width", "first", "blank");
        var indention = given[0] is Text text ? text : new TextBuilder(renderer.Budget).Repeat(' ', given[0] is { } width ? Values.Integer(width) : 4).ToText();
        var (first, blank) = (given[1] is { } f && Operators.IsTrue(f), given[2] is { } b && Operators.IsTrue(b));
        var source = Text(value, renderer);
        var lines = TextParts.Lines(new TextBuilder(renderer.Budget).Append(source).Append("\n").ToText(), keepEnds: false, renderer.Budget);
        var result = new TextBuilder(renderer.Budget);
        for (var i = 0; i < lines.Count; i++)
        {
            var line = (Text)lines[i];
            result.Append(i > 0 ? "\n" : "");
            if (i > 0 ? blank || line.Value.Length > 0 : first)
            {
                result.Append(indention);
            }

            result.Append(line);
        }

        return result.ToText();
    }

    private static object Truncate(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("truncate", 0, "length", "killwords", "end", "leeway");
        var length = given[0] is { } most ? Values.Integer(most) : 255;
        var end = given[2] is { } ending ? Values.String(ending, "truncate") : "...";
        var leeway = given[3] is { } more and not None ? Values.Integer(more) : 5;
        var text = Text(value, renderer);
        if (length < end.Length || leeway < 0)
        {
            throw new JinjaException($"truncate expects a length of at least {end.Length} and a leeway of at least 0");
        }

        if (text.Length <= length + leeway)
        {
            return text;
        }

        var kept = text.Slice(0, text.Offset((int)(length - end.Length)));
        if (!(given[1] is { } kill && Operators.IsTrue(kill)) && kept.Value.LastIndexOf(' ') is var space and >= 0)
        {
            kept = kept.Slice(0, space);
        }

        return new TextBuilder(renderer.Budget).Append(kept).Append(end).ToText();
    }

    private static int Words(string text)
    {
        var (count, inside) = (0, false);
        foreach (var rune in text.EnumerateRunes())
        {
            var isWord = rune.Value == '_' || PythonChars.IsAlpha(rune) || PythonChars.IsNumeric(rune);
            count += isWord && !inside ? 1 : 0;
            inside = isWord;
        }

        return count;
    }

    private static object Formatted(CallArguments arguments)
    {
        if (arguments.Named.Count == 0)
        {
            return new ListValue(arguments.Positional, isTuple: true);
        }

        return arguments.Positional.Count == 0
            ? arguments.Named.Aggregate(new DictValue(), (dict, pair) => dict.Set((Text)pair.Key, pair.Value))
            : throw new JinjaException("format takes arguments by place or by name, not both");
    }

    private static object Join(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("join", 0, "d", "attribute");
        var items = given[1] is { } attribute and not None
            ? SequenceValue.Generator(Values.Iterate(value, renderer.Budget).Select(ItemPath.Of(attribute, renderer)))
            : value;
        return StringMethods.Join(given[0] is { } separator ? Text(separator, renderer) : Jinja.Text.Empty, items, renderer.Budget, anyType: true).WithMarkup(false);
    }

    private static object ToJson(object value, CallArguments arguments, Renderer renderer)
    {
        var given = arguments.Bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        return JsonText.Write(value, new JsonText.Layout(
            given[0] is { } ascii && Operators.IsTrue(ascii),
            given[1] switch
            {
                null or None => null,
                Text text => text,
                var width => new TextBuilder(renderer.Budget).Repeat(' ', Values.Integer(width)).ToText(),
            },
            given[2] is { } separators and not None ? Values.Items(separators, renderer.Budget) : null,
            given[3] is { } sort && Operators.IsTrue(sort)), renderer.Budget);
    }
}
