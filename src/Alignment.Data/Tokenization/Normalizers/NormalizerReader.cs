using System.Text;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.Normalizers;

/// <summary>Reads the <c>normalizer</c> part: what happens to a text before it is cut.</summary>
internal static class NormalizerReader
{
    /// <summary>The rewriting; null where the file has none.</summary>
    public static Func<string, string>? Read(JsonPart? part) => part is { } normalizer ? ReadOne(normalizer) : null;

    /// <summary>One rewriting after the other.</summary>
    public static Func<string, string> InTurn(params Func<string, string>[] steps) => text => steps.Aggregate(text, (current, step) => step(current));

    private static Func<string, string> ReadOne(JsonPart part)
    {
        switch (part.Type)
        {
            case "Sequence":
                return InTurn([.. part["normalizers"].Items().Select(ReadOne)]);
            case "Prepend":
                var prefix = part["prepend"].Text;
                return text => text.Length == 0 ? text : prefix + text;
            case "Replace":
                return TextReplacement.Read(part);
            case "Lowercase":
                return CharacterFilters.Lowercase;
            case "NFC":
                return text => UnicodeForms.Normalize(text, NormalizationForm.FormC);
            case "NFD":
                return text => UnicodeForms.Normalize(text, NormalizationForm.FormD);
            case "NFKC":
                return text => UnicodeForms.Normalize(text, NormalizationForm.FormKC);
            case "NFKD":
                return text => UnicodeForms.Normalize(text, NormalizationForm.FormKD);
            case "Strip":
                return ReadStrip(part);
            case "StripAccents":
                return CharacterFilters.WithoutMarks;
            case "Nmt":
                return CharacterFilters.Nmt;
            case "BertNormalizer":
                return BertNormalizer.Read(part).Normalize;
            case "Precompiled":
                return PrecompiledCharacters.Read(part["precompiled_charsmap"]).Normalize;
            case "ByteLevel":
                return CharacterFilters.ByteLevel;
            default:
                throw part.Unsupported($"a {part.Type} normalizer");
        }
    }

    private static Func<string, string> ReadStrip(JsonPart part) => (part.OptionalFlag("strip_left"), part.OptionalFlag("strip_right")) switch
    {
        (true, true) => text => text.Trim(),
        (true, false) => text => text.TrimStart(),
        (false, true) => text => text.TrimEnd(),
        _ => text => text,
    };
}
