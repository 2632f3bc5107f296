using System.Globalization;
using System.Text;
using Alignment.Data.Tokenization.PreTokenizers;

namespace Alignment.Data.Tokenization.Normalizers;

/// <summary>Normalizers that look at one character at a time.</summary>
internal static class CharacterFilters
{
    /// <summary>Every character in lower case. The dotted capital I is the one that becomes two characters.</summary>
    public static string Lowercase(string text)
    {
        var lower = text.ToLowerInvariant();
        return lower.Contains('\u0130') ? lower.Replace("\u0130", "i\u0307", StringComparison.Ordinal) : lower;
    }

    /// <summary>Without combining marks of any kind.</summary>
    public static string WithoutMarks(string text) =>
        Filter(text, rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark ? null : rune);

    /// <summary>SentencePiece's <c>nmt</c> rules: some control characters are left out, odd blanks become blanks.</summary>
    public static string Nmt(string text) => Filter(text, rune => rune.Value switch
    {
        (>= 0x01 and <= 0x08) or 0x0B or (>= 0x0E and <= 0x1F) or 0x7F or 0x8F or 0x9F => null,
        0x09 or 0x0A or 0x0C or 0x0D or 0x1680 or (>= 0x200B and <= 0x200F) or 0x2028 or 0x2029 or 0x2581 or 0xFEFF or 0xFFFD => new Rune(' '),
        _ => rune,
    });

    /// <summary>The UTF-8 bytes of the text as letters.</summary>
    public static string ByteLevel(string text)
    {
        var letters = new char[text.Length * 3];
        return new string(letters, 0, ByteLetters.Write(text, letters));
    }

    /// <summary>Every character replaced by another, or left out.</summary>
    public static string Filter(string text, Func<Rune, Rune?> change)
    {
        StringBuilder? result = null;
        var place = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var changed = change(rune);
            if (changed != rune)
            {
                result ??= new StringBuilder(text.Length).Append(text, 0, place);
            }

            if (changed is { } kept)
            {
                result?.Append(kept);
            }

            place += rune.Utf16SequenceLength;
        }

        return result?.ToString() ?? text;
    }
}
