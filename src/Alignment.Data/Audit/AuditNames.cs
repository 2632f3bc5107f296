namespace Alignment.Data.Audit;

/// <summary>The names of findings: keys of <c>audit.json</c> and of limits.</summary>
public static class AuditNames
{
    /// <summary>Rows that training refuses.</summary>
    public const string Unusable = "unusable";

    /// <summary>Rows whose texts all stood in an earlier row.</summary>
    public const string ExactDuplicates = "exact_duplicates";

    /// <summary>Rows much like an earlier row with another prompt.</summary>
    public const string NearDuplicates = "near_duplicates";

    /// <summary>Rows whose prompt an earlier row has too.</summary>
    public const string RepeatedPrompts = "repeated_prompts";

    /// <summary>Pairs of equal responses.</summary>
    public const string EqualSides = "equal_sides";

    /// <summary>Pairs whose responses differ in case, space or punctuation only, or hardly in words.</summary>
    public const string NearlyEqualSides = "nearly_equal_sides";

    /// <summary>Pairs that another row has the other way round.</summary>
    public const string Contradictions = "contradictions";

    /// <summary>Rows whose prompt is on the other side of the split too.</summary>
    public const string SplitLeaks = "split_leaks";

    /// <summary>Rows that share a long sequence of words with an evaluation set.</summary>
    public const string Overlap = "eval_overlap";

    /// <summary>Rows with an empty prompt or response.</summary>
    public const string Empty = "empty";

    /// <summary>Rows with a response of very few words.</summary>
    public const string VeryShort = "very_short";

    /// <summary>Responses of some length that end inside a sentence.</summary>
    public const string CutOff = "cut_off";

    /// <summary>Rows with damaged characters.</summary>
    public const string Encoding = "encoding_damage";

    /// <summary>Rows with patterns of personal data.</summary>
    public const string Personal = "personal_data";

    /// <summary>Rows with patterns of keys and passwords.</summary>
    public const string Secrets = "secrets";

    /// <summary>Pairs whose chosen side is the longer one.</summary>
    public const string LongerChosen = "longer_chosen";

    /// <summary>Pairs whose chosen side stood first.</summary>
    public const string FirstChosen = "first_chosen";

    /// <summary>Held-out pairs that a bag of words tells apart.</summary>
    public const string Shortcut = "shortcut_accuracy";

    /// <summary>Rows with more tokens than training takes.</summary>
    public const string TooLong = "too_long";

    /// <summary>Pairs without a clear label.</summary>
    public const string Ties = "ties";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Unusable, ExactDuplicates, NearDuplicates, RepeatedPrompts, EqualSides, NearlyEqualSides, Contradictions, SplitLeaks, Overlap, Empty, VeryShort, CutOff, Encoding, Personal, Secrets, LongerChosen, FirstChosen, Shortcut, TooLong, Ties,
    ];
}
