using System.Text.RegularExpressions;

namespace Alignment.Data.Tokenization;

/// <summary>Reads patterns, which are <c>{"String": ...}</c> or <c>{"Regex": ...}</c>, and the <c>Replace</c> parts made of them.</summary>
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

        var regex = ReadPattern(pattern);
        return text => regex.Replace(text, _ => content);
    }

    public static Regex ReadPattern(JsonPart pattern)
    {
        var text = pattern.OptionalText("Regex") ?? Regex.Escape(pattern["String"].Text);
        if (text.Length == 0)
        {
            throw pattern.Error("is empty");
        }

        try
        {
            return new Regex(text, RegexOptions.CultureInvariant | RegexOptions.Compiled);
        }
        catch (ArgumentException e)
        {
            throw pattern.Unsupported($"the pattern '{text}' ({e.Message})");
        }
    }
}
