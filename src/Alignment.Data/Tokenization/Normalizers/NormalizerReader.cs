using System.Text;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.Normalizers;

/// <summary>Reads the <c>normalizer</c> part: what happens to a text before it is cut.</summary>
internal static class NormalizerReader
{
    // Compatibility decomposition makes at most 18 characters of one.
    private const int MostGrowth = 32;
    private const int ShortText = 4096;

    /// <summary>The rewriting; null where the file has none.</summary>
    public static Func<string, string>? Read(JsonPart? part) => part is { } normalizer ? ReadOne(normalizer) : null;

    /// <summary>One rewriting after the other.</summary>
    /// <exception cref="InvalidDataException">The text grows out of all proportion.</exception>
    public static Func<string, string> InTurn(params Func<string, string>[] steps) => text =>
    {
        var limit = ((long)text.Length * MostGrowth) + ShortText;
        return steps.Aggregate(text, (current, step) => step(current) is var next && next.Length <= limit ? next
            : throw new InvalidDataException($"The tokenizer's normalizer makes {next.Length} characters and more of {text.Length}; it cannot be used."));
    };

    private static Func<string, string> ReadOne(JsonPart part)
    {
        switch (part.Type)
        {
            case "Sequence":
                return InTurn([.. part["normalizers"].Items().Select(ReadOne)]);
            case "Prepend":
                var prefix = TextReplacement.ReadContent(part["prepend"]);
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
