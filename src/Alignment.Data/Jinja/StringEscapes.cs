using System.Globalization;
using System.Text;

namespace Alignment.Data.Jinja;

/// <summary>Python's escapes in string literals.</summary>
internal static class StringEscapes
{
    private const string Simple = "\\'\"abfnrtv";
    private const string SimpleValues = "\\'\"\a\b\f\n\r\t\v";

    /// <summary>The characters that a literal stands for; a backslash before anything unknown stays.</summary>
    public static string Resolve(ReadOnlySpan<char> literal)
    {
        if (!literal.Contains('\\'))
        {
            return literal.ToString();
        }

        var result = new StringBuilder(literal.Length);
        for (var i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\')
            {
                result.Append(literal[i]);
                continue;
            }

            var code = literal[++i];
            var simple = Simple.IndexOf(code, StringComparison.Ordinal);
            if (simple >= 0)
            {
                result.Append(SimpleValues[simple]);
            }
            else if (code is 'x' or 'u' or 'U')
            {
                var digits = code == 'x' ? 2 : code == 'u' ? 4 : 8;
                AppendCode(result, literal, i + 1, digits, code);
                i += digits;
            }
            else if (code is >= '0' and <= '7')
            {
                var end = i;
                var value = 0;
                while (end < literal.Length && end < i + 3 && literal[end] is >= '0' and <= '7')
                {
                    value = (8 * value) + literal[end++] - '0';
                }

                result.Append((char)value);
                i = end - 1;
            }
            else if (code != '\n')
            {
                result.Append('\\').Append(code);
            }
        }

        return result.ToString();
    }

    private static void AppendCode(StringBuilder result, ReadOnlySpan<char> literal, int at, int digits, char kind)
    {
        if (at + digits > literal.Length
            || !int.TryParse(literal.Slice(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value is < 0 or > 0x10FFFF)
        {
            throw new JinjaException($"a string has \\{kind} without {digits} hexadecimal digits of a character");
        }

        result.Append(value >= 0x10000 ? char.ConvertFromUtf32(value) : ((char)value).ToString());
    }
}
