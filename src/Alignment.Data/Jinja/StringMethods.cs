namespace Alignment.Data.Jinja;

/// <summary>Methods of <c>str</c>.</summary>
internal static class StringMethods
{
    /// <summary>The method; null where there is none of that name.</summary>
    public static object? Find(Text text, string name, Budget budget)
    {
        Func<CallArguments, object>? method = name switch
        {
            "strip" or "lstrip" or "rstrip" => arguments => TextParts.Strip(text, Optional(arguments, name), name != "rstrip", name != "lstrip"),
            "split" or "rsplit" => arguments => Split(text, name, arguments, budget),
            "splitlines" => arguments => new ListValue(TextParts.Lines(text, arguments.Bind("splitlines()", 0, "keepends")[0] is { } keep && Operators.IsTrue(keep), budget)),
            "partition" or "rpartition" => arguments => Partition(text, One(arguments, name), name == "rpartition"),
            "startswith" or "endswith" => arguments => EndsAt(text, name, arguments),
            "replace" => arguments => Replace(text, arguments, budget),
            "join" => arguments => Join(text, arguments.Bind("join()", 1, "|iterable")[0]!, budget),
            "find" or "rfind" or "index" or "rindex" => arguments => Position(text, name, arguments),
            "count" => arguments => Count(text, arguments),
            "format" => arguments => BraceFormat.Apply(text, arguments, budget),
            "removeprefix" => arguments => One(arguments, name) is var part && text.Value.StartsWith(part.Value, StringComparison.Ordinal) ? text.Slice(part.Value.Length, text.Value.Length) : text,
            "removesuffix" => arguments => One(arguments, name) is var part && text.Value.EndsWith(part.Value, StringComparison.Ordinal) ? text.Slice(0, text.Value.Length - part.Value.Length) : text,
            "ljust" or "rjust" or "center" => arguments => Justify(text, name, arguments, budget),
            "zfill" => arguments => ZeroFill(text, Values.Integer(arguments.Bind("zfill()", 1, "|width")[0]!), budget),
            "upper" or "lower" or "casefold" or "title" or "capitalize" or "swapcase" => arguments => TextCase.Apply(text, name, arguments),
            _ when CharacterTests.Find(name) is { } test => arguments => arguments.Bind($"{name}()", 0).Length == 0 && test(text.Value),
            _ => null,
        };
        return method is null ? null : new FunctionValue(name, Counted);

        object Counted(CallArguments arguments)
        {
            budget.Charge(text.Value.Length);
            return method(arguments);
        }
    }

    /// <summary>The items' texts with this text between them.</summary>
    public static Text Join(Text separator, object items, Budget budget, bool anyType = false)
    {
        var result = new TextBuilder(budget);
        var first = true;
        foreach (var item in Values.Iterate(items, budget))
        {
            budget.Step();
            if (!first)
            {
                result.Append(separator);
            }

            first = false;
            result.Append(anyType ? PythonText.Of(item, budget)
                : item as Text ?? throw new JinjaException($"join() needs items of type str, not {TypeNames.Of(item)}"));
        }

        return result.ToText(separator.IsMarkup);
    }

    /// <summary>The text with one part replaced by another, at most so often.</summary>
    public static Text Replace(Text text, Text old, Text by, long most, Budget budget)
    {
        var result = new TextBuilder(budget);
        var done = 0;
        for (var at = 0; most != 0; most--)
        {
            budget.Step();
            var found = at > text.Value.Length ? -1 : text.Value.IndexOf(old.Value, at, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            result.Append(text, done, found).Append(by);
            done = found + old.Value.Length;
            at = old.Value.Length > 0 ? done : found + (found < text.Value.Length ? Text.Units(text.Value, found) : 1);
        }

        return result.Append(text, done, text.Value.Length).ToText(text.IsMarkup);
    }

    private static Text One(CallArguments arguments, string name) => Values.String(arguments.Bind($"{name}()", 1, "|value")[0]!, $"{name}()");

    private static Text? Optional(CallArguments arguments, string name) =>
        arguments.Bind($"{name}()", 0, "|characters")[0] is { } given and not None ? Values.String(given, $"{name}()") : null;

    private static ListValue Split(Text text, string name, CallArguments arguments, Budget budget)
    {
        var given = arguments.Bind($"{name}()", 0, "sep", "maxsplit");
        var most = given[1] is { } limit ? Values.Integer(limit) : -1;
        var separator = given[0] is { } sep and not None ? Values.String(sep, $"{name}()") : null;
        if (separator is { Value: "" })
        {
            throw new JinjaException("empty separator");
        }

        var limitCount = most < 0 ? long.MaxValue : most;
        return new(name == "split" ? TextParts.Split(text, separator?.Value, limitCount, budget) : TextParts.SplitFromEnd(text, separator?.Value, limitCount, budget));
    }

    private static ListValue Partition(Text text, Text separator, bool last)
    {
        if (separator.Value.Length == 0)
        {
            throw new JinjaException("empty separator");
        }

        var at = last ? text.Value.LastIndexOf(separator.Value, StringComparison.Ordinal) : text.Value.IndexOf(separator.Value, StringComparison.Ordinal);
        object[] parts = at >= 0 ? [text.Slice(0, at), text.Slice(at, at + separator.Value.Length), text.Slice(at + separator.Value.Length, text.Value.Length)]
            : last ? [Text.Empty, Text.Empty, text]
            : [text, Text.Empty, Text.Empty];
        return new(parts, isTuple: true);
    }

    private static object EndsAt(Text text, string name, CallArguments arguments)
    {
        var given = arguments.Bind($"{name}()", 1, "|prefix", "|start", "|end");
        var (start, end) = Window(text, given[1], given[2]);
        var options = given[0] is ListValue { IsTuple: true } tuple ? tuple.Items : [given[0]!];
        return start <= end && options.Select(option => Values.String(option, $"{name}()").Value).Any(option => name == "startswith"
            ? text.Value.AsSpan(start, end - start).StartsWith(option, StringComparison.Ordinal)
            : text.Value.AsSpan(start, end - start).EndsWith(option, StringComparison.Ordinal));
    }

    /// <summary>A part of the text in UTF-16 units; the start is behind the end where the part lies outside of the text.</summary>
    private static (int Start, int End) Window(Text text, object? start, object? end)
    {
        var length = text.Length;
        var first = Bound(start, 0);
        var last = Math.Min(Bound(end, length), length);
        return first > last ? (1, 0) : (text.Offset((int)first), text.Offset((int)last));

        long Bound(object? given, long otherwise) => given is null or None ? otherwise : Values.Integer(given) is var value && value < 0 ? Math.Max(0, value + length) : value;
    }

    private static Text Replace(Text text, CallArguments arguments, Budget budget)
    {
        var given = arguments.Bind("replace()", 2, "|old", "|new", "count");
        return Replace(text, Values.String(given[0]!, "replace()"), Values.String(given[1]!, "replace()"), given[2] is { } count ? Values.Integer(count) : -1, budget);
    }

    private static object Position(Text text, string name, CallArguments arguments)
    {
        var given = arguments.Bind($"{name}()", 1, "|sub", "|start", "|end");
        var part = Values.String(given[0]!, $"{name}()").Value;
        var (start, end) = Window(text, given[1], given[2]);
        var window = start <= end ? text.Value.AsSpan(start, end - start) : [];
        var found = start > end ? -1 : name[0] == 'r' ? window.LastIndexOf(part, StringComparison.Ordinal) : window.IndexOf(part, StringComparison.Ordinal);
        return found >= 0 ? (long)text.CodePointAt(start + found)
            : name.EndsWith("index", StringComparison.Ordinal) ? throw new JinjaException("substring not found")
            : -1L;
    }

    private static object Count(Text text, CallArguments arguments)
    {
        var given = arguments.Bind("count()", 1, "|sub", "|start", "|end");
        var part = Values.String(given[0]!, "count()").Value;
        var (start, end) = Window(text, given[1], given[2]);
        return start > end ? 0L
            : part.Length == 0 ? Text.CodePoints(text.Value.AsSpan(start, end - start)) + 1L
            : (long)System.MemoryExtensions.Count(text.Value.AsSpan(start, end - start), part);
    }

    private static Text Justify(Text text, string name, CallArguments arguments, Budget budget)
    {
        var given = arguments.Bind($"{name}()", 1, "|width", "|fillchar");
        var fill = given[1] is { } character ? Values.String(character, $"{name}()").Value : " ";
        if (fill.Length != 1)
        {
            throw new JinjaException("the fill character must be exactly one character long");
        }

        var width = Values.Integer(given[0]!);
        var missing = Math.Max(0, width - text.Length);
        var left = name switch
        {
            "ljust" => 0,
            "rjust" => missing,
            _ => (missing / 2) + (missing & width & 1),
        };
        return new TextBuilder(budget).Repeat(fill[0], left).Append(text).Repeat(fill[0], missing - left).ToText(text.IsMarkup);
    }

    private static Text ZeroFill(Text text, long width, Budget budget)
    {
        var sign = text.Value.Length > 0 && text.Value[0] is '+' or '-' ? 1 : 0;
        return new TextBuilder(budget).Append(text, 0, sign).Repeat('0', width - text.Length).Append(text, sign, text.Value.Length).ToText();
    }
}
