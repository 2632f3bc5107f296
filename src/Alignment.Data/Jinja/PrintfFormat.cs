namespace Alignment.Data.Jinja;

/// <summary><c>format % values</c>.</summary>
internal static class PrintfFormat
{
    /// <summary>Puts values into the format's places.</summary>
    /// <param name="format">With <c>%s</c>, <c>%d</c>, <c>%(name).2f</c> and such.</param>
    /// <param name="values">A tuple, a dictionary for named places, or one value.</param>
    /// <param name="budget">Counts the characters.</param>
    /// <exception cref="JinjaException">Too many or too few values, or one of the wrong type.</exception>
    public static Text Apply(Text format, object values, Budget budget)
    {
        var result = new TextBuilder(budget);
        var source = format.Value;
        var items = values is ListValue { IsTuple: true } tuple ? tuple.Items : [values];
        var used = 0;
        var byName = false;
        for (var at = 0; at < source.Length;)
        {
            var mark = source.IndexOf('%', at);
            result.Append(format, at, mark < 0 ? source.Length : mark);
            if (mark < 0)
            {
                break;
            }

            at = mark + 1;
            object? named = null;
            if (at < source.Length && source[at] == '(')
            {
                var end = source.IndexOf(')', at);
                var key = end < 0 ? throw new JinjaException("incomplete format key") : source[(at + 1)..end];
                named = (values as DictValue ?? throw new JinjaException("format requires a mapping")).Find((Text)key) ?? throw new JinjaException($"the format's key '{key}' is missing");
                byName = true;
                at = end + 1;
            }

            var spec = ReadSpec(source, ref at, () => Values.Integer(Next()));
            var type = at < source.Length ? source[at++] : throw new JinjaException("incomplete format");
            result.Append(type == '%' ? "%" : Format(type, spec, named ?? Next(), budget));
        }

        return used < items.Count && !byName && values is not DictValue
            ? throw new JinjaException("not all arguments converted during string formatting")
            : result.ToText(format.IsMarkup);

        object Next() => used < items.Count ? items[used++] : throw new JinjaException("not enough arguments for format string");
    }

    private static FormatSpec ReadSpec(string source, ref int at, Func<long> next)
    {
        var spec = new FormatSpec { Align = '>' };
        for (; at < source.Length && source[at] is '-' or '0' or '+' or ' ' or '#'; at++)
        {
            spec = source[at] switch
            {
                '-' => spec with { Align = '<' },
                '0' => spec with { Fill = '0' },
                '#' => spec with { Alternate = true },
                _ => spec with { Sign = source[at] },
            };
        }

        spec = spec.Align == '<' ? spec with { Fill = ' ' } : spec.Fill == '0' ? spec with { Align = '=' } : spec;
        var width = Number(source, ref at, next);
        spec = spec with { Width = (int)Math.Abs(width ?? 0), Align = width < 0 ? '<' : spec.Align };
        if (at < source.Length && source[at] == '.')
        {
            at++;
            spec = spec with { Precision = (int)(Number(source, ref at, next) ?? 0) };
        }

        while (at < source.Length && source[at] is 'l' or 'h' or 'L')
        {
            at++;
        }

        return spec;
    }

    private static long? Number(string source, ref int at, Func<long> next)
    {
        if (at < source.Length && source[at] == '*')
        {
            at++;
            return FormatSpec.Bounded(next());
        }

        return FormatSpec.ReadNumber(source, ref at);
    }

    private static Text Format(char type, FormatSpec spec, object value, Budget budget)
    {
        switch (type)
        {
            case 's':
                return Texts(PythonText.Of(value, budget));
            case 'r' or 'a':
                return Texts(PythonText.Repr(value, budget));
            case 'c':
                return Texts(value is Text { Length: 1 } one ? one : char.ConvertFromUtf32((int)Math.Clamp(Values.Integer(value), 0, 0xD7FF)));
            case 'd' or 'i' or 'u':
                return Operators.IsNumber(value)
                    ? (spec with { Type = 'd' }).Number(value is double real && double.IsFinite(real) ? Operators.Shrink(new(real)) : value, budget)
                    : throw new JinjaException($"%{type} format: a real number is required, not {TypeNames.Of(value)}");
            case 'x' or 'X' or 'o':
                return (spec with { Type = type }).Number(Values.Integer(value), budget);
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                return Operators.IsNumber(value)
                    ? (spec with { Type = type }).Number(Operators.Real(value), budget)
                    : throw new JinjaException($"must be real number, not {TypeNames.Of(value)}");
            default:
                throw new JinjaException($"unsupported format character '{type}'");
        }

        Text Texts(Text text) => (spec with { Fill = ' ', Align = spec.Align == '=' ? '>' : spec.Align, Type = 's' }).String(text, budget);
    }
}
