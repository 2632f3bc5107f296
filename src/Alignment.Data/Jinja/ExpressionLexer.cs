using System.Globalization;

namespace Alignment.Data.Jinja;

/// <summary>The tokens inside of a tag.</summary>
internal readonly struct ExpressionLexer(string source)
{
    private const string SingleSymbols = "+-*/%~[](){}<>=.:|,";
    private static readonly string[] DoubleSymbols = ["==", "!=", ">=", "<=", "//", "**"];

    /// <summary>The token at a position that is no white space; moves the position behind it.</summary>
    public Token Read(ref int at, int line)
    {
        var first = source[at];
        return first is '"' or '\'' ? ReadString(ref at, line)
            : char.IsAsciiDigit(first) ? ReadNumber(ref at, line)
            : IsNamePart(first) ? new(TokenKind.Name, Take(ref at, IsNamePart), line)
            : ReadSymbol(ref at, line);
    }

    private static bool IsNamePart(char c) => c == '_' || char.IsLetterOrDigit(c);

    private string Take(ref int at, Func<char, bool> fits)
    {
        var start = at;
        while (at < source.Length && fits(source[at]))
        {
            at++;
        }

        return source[start..at];
    }

    private Token ReadString(ref int at, int line)
    {
        var quote = source[at];
        var end = at + 1;
        while (end < source.Length && source[end] != quote)
        {
            end += source[end] == '\\' ? 2 : 1;
        }

        if (end >= source.Length)
        {
            throw new JinjaException($"a string is not closed by {quote}");
        }

        var value = StringEscapes.Resolve(source.AsSpan(at + 1, end - at - 1));
        at = end + 1;
        return new(TokenKind.String, value, line);
    }

    private Token ReadNumber(ref int at, int line)
    {
        var start = at;
        if (source[at] == '0' && at + 1 < source.Length && char.ToLowerInvariant(source[at + 1]) is 'x' or 'o' or 'b')
        {
            return ReadRadix(ref at, line);
        }

        Take(ref at, IsDigitOrBar);
        var isFloat = false;
        if (at + 1 < source.Length && source[at] == '.' && char.IsAsciiDigit(source[at + 1]) && (start == 0 || source[start - 1] != '.'))
        {
            isFloat = true;
            at++;
            Take(ref at, IsDigitOrBar);
        }

        if (at < source.Length && source[at] is 'e' or 'E')
        {
            var exponent = at + 1;
            exponent += exponent < source.Length && source[exponent] is '+' or '-' ? 1 : 0;
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                isFloat = true;
                at = exponent;
                Take(ref at, IsDigitOrBar);
            }
        }

        return new(isFloat ? TokenKind.Float : TokenKind.Integer, source[start..at].Replace("_", "", StringComparison.Ordinal), line);
    }

    private static bool IsDigitOrBar(char c) => char.IsAsciiDigit(c) || c == '_';

    private Token ReadRadix(ref int at, int line)
    {
        var radix = char.ToLowerInvariant(source[at + 1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
        at += 2;
        var digits = Take(ref at, c => char.IsAsciiHexDigit(c) || c == '_').Replace("_", "", StringComparison.Ordinal);
        try
        {
            return new(TokenKind.Integer, Convert.ToInt64(digits, radix).ToString(CultureInfo.InvariantCulture), line);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new JinjaException($"'{digits}' is no number of base {radix}");
        }
    }

    private Token ReadSymbol(ref int at, int line)
    {
        foreach (var symbol in DoubleSymbols)
        {
            if (source.AsSpan(at).StartsWith(symbol, StringComparison.Ordinal))
            {
                at += 2;
                return new(TokenKind.Operator, symbol, line);
            }
        }

        var single = source[at];
        at++;
        return SingleSymbols.Contains(single)
            ? new(TokenKind.Operator, single.ToString(), line)
            : throw new JinjaException($"an unexpected character '{single}'");
    }
}
