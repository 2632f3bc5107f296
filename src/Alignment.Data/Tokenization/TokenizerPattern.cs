using System.Text.RegularExpressions;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization;

/// <summary>Reads patterns, which are <c>{"String": ...}</c> or <c>{"Regex": ...}</c>. Matching gives up on a pattern that takes too long.</summary>
internal static class TokenizerPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(800);

    public static TextPattern Read(JsonPart pattern) =>
        pattern.OptionalText("Regex") is { } regex ? Create(regex, pattern) : Literal(pattern["String"]);

    /// <summary>The text itself.</summary>
    public static TextPattern Literal(JsonPart text) => Create(Regex.Escape(text.Text), text);

    /// <summary>Any characters, as many as a <c>FixedLength</c> part says.</summary>
    public static TextPattern FixedLength(JsonPart part)
    {
        var length = part.Optional("length")?.Int ?? 5;
        return length > 0 ? Create($"(?s).{{1,{length}}}", part) : throw part["length"].Error($"is {length}; it must be above 0");
    }

    /// <summary>A pattern in Oniguruma's words.</summary>
    public static TextPattern Create(string text, JsonPart part)
    {
        if (text.Length == 0)
        {
            throw part.Error("is empty");
        }

        try
        {
            var pattern = OnigurumaPattern.Parse(text);
            return new(new(pattern.Text, RegexOptions.CultureInvariant | RegexOptions.Compiled, Limit), pattern.Stands);
        }
        catch (ArgumentException e)
        {
            throw part.Unsupported($"the pattern '{text}' ({e.Message})");
        }
    }
}
