using System.Buffers;
using System.Globalization;
using System.Text;

namespace Alignment.Data.Jinja;

/// <summary>What Python's <c>str</c> thinks of single characters.</summary>
internal static class PythonChars
{
    /// <summary>Line breaks of <c>splitlines</c>.</summary>
    public static readonly SearchValues<char> LineBreaks = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    /// <summary>White space of <c>strip</c>, <c>split</c> and regular expressions' <c>\s</c>.</summary>
    public static readonly SearchValues<char> Spaces = SearchValues.Create([.. Enumerable.Range(0, 0x10000).Select(c => (char)c).Where(c => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f')]);

    /// <summary>Whether it is white space.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>The length of a text without white space at its end.</summary>
    public static int TrimmedEnd(ReadOnlySpan<char> text) => text.LastIndexOfAnyExcept(Spaces) + 1;

    /// <summary>A letter.</summary>
    public static bool IsAlpha(Rune c) => Rune.IsLetter(c);

    /// <summary>A digit of a decimal system.</summary>
    public static bool IsDecimal(Rune c) => Rune.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber;

    /// <summary>A digit, raised ones and such included.</summary>
    public static bool IsDigit(Rune c) => IsDecimal(c) || (Rune.GetUnicodeCategory(c) == UnicodeCategory.OtherNumber && Rune.GetNumericValue(c) is >= 0 and <= 9 and var number && number == Math.Floor(number) && c.Value < 0x3000);

    /// <summary>Anything that has a numeric value.</summary>
    public static bool IsNumeric(Rune c) => Rune.IsNumber(c);

    /// <summary>A letter that has upper and lower case.</summary>
    public static bool IsCased(Rune c) => Rune.IsUpper(c) || Rune.IsLower(c) || Rune.GetUnicodeCategory(c) == UnicodeCategory.TitlecaseLetter;

    /// <summary>Whether <c>repr</c> writes it as it is.</summary>
    public static bool IsPrintable(Rune c) => c.Value == ' ' || Rune.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>Upper case.</summary>
    public static string Upper(string text) => text.ToUpperInvariant().Replace("ß", "SS", StringComparison.Ordinal);

    /// <summary>Lower case.</summary>
    public static string Lower(string text) => text.ToLowerInvariant();
}
