namespace Alignment.Labeling.Judging;

/// <summary>The beginning of a text.</summary>
internal static class Excerpt
{
    /// <summary>At most so many characters, and no half of one.</summary>
    public static string Of(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
