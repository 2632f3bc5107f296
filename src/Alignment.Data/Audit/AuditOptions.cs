using Alignment.Data.Collation;

namespace Alignment.Data.Audit;

/// <summary>What an audit looks for, and how much of it is too much.</summary>
public sealed record AuditOptions
{
    /// <summary>The share of rows above which a finding fails, by the finding's name; a finding without one only informs.</summary>
    public IReadOnlyDictionary<string, double> Limits { get; init; } = DefaultLimits;

    /// <summary>A response with fewer words is very short.</summary>
    public int ShortWords { get; init; } = 2;

    /// <summary>Words of a sequence that counts as overlap with an evaluation set.</summary>
    public int OverlapWords { get; init; } = 13;

    /// <summary>The share of three-word sequences that two rows have in common from which they are near duplicates (Jaccard similarity).</summary>
    public double NearDuplicate { get; init; } = 0.8;

    /// <summary>How rows become tokens; null: tokens are not counted.</summary>
    public ExampleOptions? Tokens { get; init; }

    /// <summary>The most tokens that training takes.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>Examples listed for a finding.</summary>
    public int Examples { get; init; } = 5;

    /// <summary>The limits that hold where nothing else is said.</summary>
    public static IReadOnlyDictionary<string, double> DefaultLimits { get; } = new Dictionary<string, double>
    {
        [AuditNames.Unusable] = 0,
        [AuditNames.ExactDuplicates] = 0.02,
        [AuditNames.NearDuplicates] = 0.1,
        [AuditNames.EqualSides] = 0,
        [AuditNames.NearlyEqualSides] = 0.05,
        [AuditNames.Contradictions] = 0.01,
        [AuditNames.SplitLeaks] = 0,
        [AuditNames.Overlap] = 0.01,
        [AuditNames.Empty] = 0,
        [AuditNames.VeryShort] = 0.25,
        [AuditNames.Encoding] = 0.01,
        [AuditNames.Secrets] = 0,
        [AuditNames.LongerChosen] = 0.75,
        [AuditNames.FirstChosen] = 0.65,
        [AuditNames.Shortcut] = 0.85,
        [AuditNames.TooLong] = 0.05,
    };
}
