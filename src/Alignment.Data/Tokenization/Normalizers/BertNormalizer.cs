using System.Globalization;
using System.Text;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.Normalizers;

/// <summary>BERT's preparation of a text (Devlin et al. 2019, <c>tokenization.py</c>).</summary>
/// <param name="CleanText">Control characters are left out, every kind of blank becomes a blank.</param>
/// <param name="HandleChineseChars">Blanks around every CJK ideograph.</param>
/// <param name="StripAccents">Accents are left out; null means where the text is put in lower case.</param>
/// <param name="Lowercase">The text is put in lower case.</param>
internal sealed record BertNormalizer(bool CleanText = true, bool HandleChineseChars = true, bool? StripAccents = null, bool Lowercase = true)
{
    public static BertNormalizer Read(JsonPart part) => new(
        part.OptionalFlag("clean_text", missing: true),
        part.OptionalFlag("handle_chinese_chars", missing: true),
        part.Optional("strip_accents")?.Flag,
        part.OptionalFlag("lowercase", missing: true));

    public string Normalize(string text)
    {
        text = CleanText ? CharacterFilters.Filter(text, Clean) : text;
        text = HandleChineseChars ? SetIdeographsApart(text) : text;
        if (StripAccents ?? Lowercase)
        {
            text = CharacterFilters.Filter(UnicodeForms.Normalize(text, NormalizationForm.FormD), rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark ? null : rune);
        }

        return Lowercase ? CharacterFilters.Lowercase(text) : text;
    }

    private static Rune? Clean(Rune rune) => rune.Value switch
    {
        '\t' or '\n' or '\r' => new Rune(' '),
        >= ' ' and < 0x7F => rune,
        0 or 0xFFFD => null,
        _ when Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse => null,
        _ => Rune.IsWhiteSpace(rune) ? new Rune(' ') : rune,
    };

    private static string SetIdeographsApart(string text)
    {
        StringBuilder? result = null;
        var place = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsIdeograph(rune.Value))
            {
                result ??= new StringBuilder(text.Length + 16).Append(text, 0, place);
                result.Append(' ').Append(rune).Append(' ');
            }
            else
            {
                result?.Append(rune);
            }

            place += rune.Utf16SequenceLength;
        }

        return result?.ToString() ?? text;
    }

    // BERT's own list; it leaves out U+2B820 to U+2B91F.
    private static bool IsIdeograph(int point) => point is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
