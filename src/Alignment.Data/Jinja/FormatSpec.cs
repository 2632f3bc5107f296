using System.Globalization;
using System.Numerics;

namespace Alignment.Data.Jinja;

/// <summary>How one value is formatted: Python's format specification <c>[[fill]align][sign][#][0][width][,][.precision][type]</c>.</summary>
internal sealed record FormatSpec
{
    private const int Most = 1_000_000;
    private const int MostPrecision = 300;

    public char Fill { get; init; } = ' ';
    public char? Align { get; init; }
    public char Sign { get; init; } = '-';
    public bool Alternate { get; init; }
    public int Width { get; init; }
    public char? Grouping { get; init; }
    public int? Precision { get; init; }
    public char? Type { get; init; }

    /// <summary>Reads a specification of <c>str.format</c>.</summary>
    /// <exception cref="JinjaException">It is none.</exception>
    public static FormatSpec Read(string text)
    {
        var spec = new FormatSpec();
        var at = 0;
        if (text.Length > 1 && text[1] is '<' or '>' or '=' or '^')
        {
            spec = spec with { Fill = text[0], Align = text[1] };
            at = 2;
        }
        else if (text.Length > 0 && text[0] is '<' or '>' or '=' or '^')
        {
            spec = spec with { Align = text[0] };
            at = 1;
        }

        if (at < text.Length && text[at] is '+' or '-' or ' ')
        {
            spec = spec with { Sign = text[at++] };
        }

        if (at < text.Length && text[at] == '#')
        {
            spec = spec with { Alternate = true };
            at++;
        }

        if (at < text.Length && text[at] == '0')
        {
            spec = spec.Align is null ? spec with { Fill = '0', Align = '=' } : spec;
            at++;
        }

        spec = spec with { Width = (int)(ReadNumber(text, ref at) ?? 0) };
        if (at < text.Length && text[at] is ',' or '_')
        {
            spec = spec with { Grouping = text[at++] };
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            spec = spec with { Precision = (int)(ReadNumber(text, ref at) ?? throw new JinjaException("Format specifier missing precision")) };
        }

        return at == text.Length ? spec
            : at == text.Length - 1 ? spec with { Type = text[at] }
            : throw new JinjaException($"Invalid format specifier '{text}'");
    }

    /// <summary>Digits at a position; null where there are none.</summary>
    public static long? ReadNumber(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at == start ? null : Bounded(at - start > 9 ? long.MaxValue : long.Parse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    /// <summary>A width or precision, refused where it is too large.</summary>
    public static long Bounded(long number) => Math.Abs(Math.Max(number, -long.MaxValue)) <= Most ? number : throw new JinjaException($"a format's width or precision is more than {Most}");

    /// <summary>A text in its field.</summary>
    public Text String(Text text, Budget budget)
    {
        if (Type is not (null or 's') || Align == '=')
        {
            throw new JinjaException($"Unknown format code '{Type}' for object of type 'str'");
        }

        var shown = Precision is { } most && text.Length > most ? text.Slice(0, text.Offset(most)) : text;
        return Field(shown, "", Align ?? '<', budget);
    }

    /// <summary>A number in its field.</summary>
    public Text Number(object value, Budget budget)
    {
        if (value is bool && Type is null)
        {
            return String(PythonText.Of(value, budget), budget);
        }

        if (Precision > MostPrecision)
        {
            throw new JinjaException($"a format's precision is more than {MostPrecision}");
        }

        var isReal = value is double || Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%';
        var negative = isReal ? double.IsNegative(Operators.Real(value)) : Operators.Whole(value).Sign < 0;
        var digits = isReal ? Real(Math.Abs(Operators.Real(value))) : Whole(BigInteger.Abs(Operators.Whole(value)));
        var sign = negative ? "-" : Sign == '-' ? "" : Sign.ToString();
        return Field(Grouping is { } mark ? Grouped(digits, mark) : digits, sign, Align ?? '>', budget);
    }

    private Text Field(Text text, string sign, char align, Budget budget)
    {
        long missing = Math.Max(0, Width - text.Length - sign.Length);
        var before = align switch { '<' => 0, '^' => missing / 2, _ => missing };
        var result = new TextBuilder(budget);
        return (align == '=' ? result.Append(sign).Repeat(Fill, before) : result.Repeat(Fill, before).Append(sign))
            .Append(text).Repeat(Fill, missing - before).ToText();
    }

    private string Whole(BigInteger value) => Type switch
    {
        null or 'd' or 'n' => value.ToString(CultureInfo.InvariantCulture),
        'x' => (Alternate ? "0x" : "") + Radix(value, 16),
        'X' => (Alternate ? "0X" : "") + Radix(value, 16).ToUpperInvariant(),
        'o' => (Alternate ? "0o" : "") + Radix(value, 8),
        'b' => (Alternate ? "0b" : "") + Radix(value, 2),
        'c' => char.ConvertFromUtf32((int)BigInteger.Min(value, 0xD7FF)),
        _ => throw new JinjaException($"Unknown format code '{Type}' for object of type 'int'"),
    };

    private static string Radix(BigInteger value, int radix)
    {
        var digits = new Stack<char>();
        do
        {
            digits.Push("0123456789abcdef"[(int)(value % radix)]);
            value /= radix;
        }
        while (!value.IsZero);
        return new([.. digits]);
    }

    private string Real(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : "inf";
        }

        var precision = Precision ?? 6;
        return Type switch
        {
            'f' or 'F' => FixedPoint.Of(value, precision),
            'e' => Exponent(value.ToString($"E{precision}", CultureInfo.InvariantCulture)),
            'E' => Exponent(value.ToString($"E{precision}", CultureInfo.InvariantCulture)).ToUpperInvariant(),
            '%' => FixedPoint.Of(value * 100, precision) + "%",
            'g' or 'G' => General(value, Math.Max(1, precision)),
            null when Precision is null => PythonText.Float(value),
            null => General(value, Math.Max(1, precision)) is var text && text.All(char.IsAsciiDigit) ? text + ".0" : General(value, Math.Max(1, precision)),
            _ => throw new JinjaException($"Unknown format code '{Type}' for object of type 'float'"),
        };
    }

    private static string Exponent(string text)
    {
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        return $"{text[..mark]}e{text[mark + 1]}{text[(mark + 2)..].TrimStart('0').PadLeft(2, '0')}";
    }

    private static string General(double value, int precision)
    {
        if (value == 0)
        {
            return "0";
        }

        var exponent = Exponent(value.ToString($"E{precision - 1}", CultureInfo.InvariantCulture));
        var mark = exponent.IndexOf('e', StringComparison.Ordinal);
        var power = int.Parse(exponent[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return power < -4 || power >= precision
            ? Trimmed(exponent[..mark]) + exponent[mark..]
            : Trimmed(FixedPoint.Of(value, Math.Max(0, precision - 1 - power)));
    }

    private static string Trimmed(string digits) => digits.Contains('.') ? digits.TrimEnd('0').TrimEnd('.') : digits;

    private static string Grouped(string digits, char mark)
    {
        var end = digits.IndexOfAny(['.', 'e']) is var point and >= 0 ? point : digits.Length;
        for (var i = end - 3; i > 0; i -= 3)
        {
            digits = digits.Insert(i, mark.ToString());
        }

        return digits;
    }
}
