namespace Alignment.Data.Audit;

/// <summary>Signs of form that a reward model may learn instead of content.</summary>
internal static class FormatSigns
{
    private static readonly string[] Refusals =
    [
        "i can't", "i cannot", "i can’t", "i'm sorry", "i’m sorry", "i am sorry", "as an ai", "i'm not able", "i am not able", "i'm unable", "i am unable", "i won't", "i apologize",
    ];

    private static readonly (string Name, Func<string, bool> Has)[] Signs =
    [
        ("refusal", text => Array.Exists(Refusals, phrase => text.AsSpan(0, Math.Min(text.Length, 200)).Contains(phrase, StringComparison.OrdinalIgnoreCase))),
        ("list", text => text.Contains("\n- ", StringComparison.Ordinal) || text.Contains("\n* ", StringComparison.Ordinal) || text.Contains("\n1. ", StringComparison.Ordinal) || text.StartsWith("1. ", StringComparison.Ordinal)),
        ("code block", text => text.Contains("```", StringComparison.Ordinal)),
        ("bold", text => text.Contains("**", StringComparison.Ordinal)),
        ("heading", text => text.StartsWith('#') || text.Contains("\n#", StringComparison.Ordinal)),
        ("ends with a question", text => text.AsSpan().TrimEnd().EndsWith("?")),
        ("exclamation mark", text => text.Contains('!', StringComparison.Ordinal)),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Signs.Select(sign => sign.Name)];

    /// <summary>Which of them a text has, a bit each.</summary>
    public static int Of(string text)
    {
        var bits = 0;
        for (var i = 0; i < Signs.Length; i++)
        {
            bits |= Signs[i].Has(text) ? 1 << i : 0;
        }

        return bits;
    }
}
