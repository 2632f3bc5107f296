using System.Globalization;

namespace Alignment.Data.Jinja;

/// <summary><c>str.format</c>.</summary>
internal static class BraceFormat
{
    /// <summary>Puts arguments into the places <c>{}</c>, <c>{0}</c>, <c>{name.attribute[key]!r:spec}</c>.</summary>
    /// <exception cref="JinjaException">A place without its argument, or a broken format.</exception>
    public static Text Apply(Text format, CallArguments arguments, Budget budget)
    {
        var result = new TextBuilder(budget);
        var source = format.Value;
        var next = 0;
        for (var at = 0; at < source.Length;)
        {
            var brace = source.AsSpan(at).IndexOfAny('{', '}');
            var mark = brace < 0 ? source.Length : at + brace;
            result.Append(format, at, mark);
            if (brace < 0)
            {
                break;
            }

            if (mark + 1 < source.Length && source[mark + 1] == source[mark])
            {
                result.Append(format, mark, mark + 1);
                at = mark + 2;
                continue;
            }

            var end = source.IndexOf('}', mark);
            if (source[mark] == '}' || end < 0)
            {
                throw new JinjaException($"Single '{source[mark]}' encountered in format string");
            }

            result.Append(Field(source[(mark + 1)..end], arguments, ref next, budget));
            at = end + 1;
        }

        return result.ToText(format.IsMarkup);
    }

    private static Text Field(string field, CallArguments arguments, ref int next, Budget budget)
    {
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        var spec = FormatSpec.Read(colon < 0 ? "" : field[(colon + 1)..]);
        var name = colon < 0 ? field : field[..colon];
        var bang = name.IndexOf('!', StringComparison.Ordinal);
        var conversion = bang < 0 ? "" : name[(bang + 1)..];
        var value = Look(bang < 0 ? name : name[..bang], arguments, ref next, budget);
        value = conversion switch
        {
            "" => value,
            "s" => PythonText.Of(value, budget),
            "r" or "a" => PythonText.Repr(value, budget),
            _ => throw new JinjaException($"Unknown conversion specifier '{conversion}'"),
        };
        return value is Text text ? spec.String(text, budget)
            : Operators.IsNumber(value) ? spec.Number(value, budget)
            : spec.String(PythonText.Of(value, budget), budget);
    }

    private static object Look(string path, CallArguments arguments, ref int next, Budget budget)
    {
        var end = path.AsSpan().IndexOfAny('.', '[');
        var first = end < 0 ? path : path[..end];
        var value = first.Length == 0 ? ByPlace(next++)
            : int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? ByPlace(place)
            : arguments.Named.FirstOrDefault(argument => argument.Key == first).Value ?? throw new JinjaException($"the format's argument '{first}' is missing");
        for (var at = end; at >= 0 && at < path.Length;)
        {
            var isItem = path[at] == '[';
            var stop = isItem ? path.IndexOf(']', at) : path.AsSpan(at + 1).IndexOfAny('.', '[') is var length and >= 0 ? at + 1 + length : path.Length;
            if (stop < 0)
            {
                throw new JinjaException("Missing ']' in format string");
            }

            var key = path[(at + 1)..stop];
            value = !isItem ? Values.Attribute(value, key, budget)
                : Values.Item(value, long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : (Text)key, budget);
            at = isItem ? stop + 1 : stop;
        }

        return value;

        object ByPlace(int place) => place < arguments.Positional.Count
            ? arguments.Positional[place]
            : throw new JinjaException($"Replacement index {place} out of range for positional args tuple");
    }
}
