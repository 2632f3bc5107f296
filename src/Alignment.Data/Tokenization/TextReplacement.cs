using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization;

/// <summary>Reads <c>Replace</c> parts.</summary>
internal static class TextReplacement
{
    // Real files replace by a few characters; a long replacement is there to fill the memory.
    private const int LongestContent = 64;

    public static Func<string, string> Read(JsonPart part)
    {
        var content = ReadContent(part["content"]);
        var pattern = part["pattern"];
        if (pattern.OptionalText("String") is { Length: > 0 } literal)
        {
            return text => text.Replace(literal, content, StringComparison.Ordinal);
        }

        var (regex, stands) = TokenizerPattern.Read(pattern);
        if (stands.Count > 0)
        {
            throw pattern.Unsupported("a replacement of supplementary characters by pattern");
        }

        return text => regex.Replace(text, _ => content);
    }

    /// <summary>A string that is put into a text.</summary>
    public static string ReadContent(JsonPart part) =>
        part.Text.Length <= LongestContent ? part.Text : throw part.Error($"has {part.Text.Length} characters; at most {LongestContent} are supported");
}
