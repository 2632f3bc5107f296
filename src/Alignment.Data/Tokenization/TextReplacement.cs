using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization;

/// <summary>Reads <c>Replace</c> parts.</summary>
internal static class TextReplacement
{
    public static Func<string, string> Read(JsonPart part)
    {
        var content = part["content"].Text;
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
}
