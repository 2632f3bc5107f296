namespace Alignment.Data.Tokenization;

/// <summary>Reads the <c>normalizer</c> part: what happens to a text before it is cut.</summary>
internal static class NormalizerReader
{
    /// <summary>The rewriting; null where the file has none.</summary>
    public static Func<string, string>? Read(JsonPart? part) => part is { } normalizer ? ReadOne(normalizer) : null;

    private static Func<string, string> ReadOne(JsonPart part)
    {
        switch (part.Type)
        {
            case "Sequence":
                var steps = part["normalizers"].Items().Select(ReadOne).ToArray();
                return text => steps.Aggregate(text, (current, step) => step(current));
            case "Prepend":
                var prefix = part["prepend"].Text;
                return text => text.Length == 0 ? text : prefix + text;
            case "Replace":
                return TextReplacement.Read(part);
            case "Lowercase":
                return text => text.ToLowerInvariant();
            case "NFC":
                return CanonicalComposition.Compose;
            default:
                throw part.Unsupported($"a {part.Type} normalizer");
        }
    }
}
