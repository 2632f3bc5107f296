namespace QuickstartData;

/// <summary>Spelling of sentences.</summary>
public static class Sentence
{
    /// <summary>With a capital in front.</summary>
    public static string Of(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>Names joined as in "a, b and c".</summary>
    public static string List(IReadOnlyList<string> names) =>
        names.Count == 1 ? names[0] : string.Join(", ", names.Take(names.Count - 1)) + " and " + names[^1];
}
