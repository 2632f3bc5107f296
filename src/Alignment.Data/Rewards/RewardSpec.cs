using System.ComponentModel;

namespace Alignment.Data.Rewards;

/// <summary>
/// One term of a function reward as written in a pipeline file:
/// <code>
/// rewards:
///   - { kind: contains_answer, name: correct, weight: 1.0, candidates_column: candidates }
///   - { kind: phrase, name: polite, weight: 0.5, phrases: ["Thank you for asking"] }
///   - { kind: max_words, name: short, weight: 0.5, limit: 12 }
/// </code>
/// Settings of another kind than <see cref="Kind"/> must be left out.
/// </summary>
public sealed record RewardSpec
{
    /// <summary>Which built-in reward.</summary>
    [Description("contains_answer, exact_match, phrase, max_words, min_words or regex")]
    public RewardKind Kind { get; init; }

    /// <summary>The name under which the score is reported; null: the kind in snake case.</summary>
    [Description("name under which the score is reported; the kind if left out")]
    public string? Name { get; init; }

    /// <summary>Factor of this term in the sum; negative for a penalty. Default 1.</summary>
    [Description("factor of this term in the sum; negative for a penalty")]
    public double Weight { get; init; } = 1;

    /// <summary>contains_answer, exact_match: the column with the answer (a string, a number or a list of either: any is right). Default <c>answer</c>.</summary>
    [Description("contains_answer, exact_match: column with the answer or list of accepted answers; default answer")]
    public string? Column { get; init; }

    /// <summary>contains_answer: the column with the list of candidate answers; naming a wrong one scores 0. Null: only the answer is looked for.</summary>
    [Description("contains_answer: column with all candidate answers; a response that names a wrong one scores 0")]
    public string? CandidatesColumn { get; init; }

    /// <summary>phrase: any of these, as whole words.</summary>
    [Description("phrase: any of these, as whole words, case ignored")]
    public IReadOnlyList<string> Phrases { get; init; } = [];

    /// <summary>max_words, min_words: the number of words, ≥ 0 and ≥ 1.</summary>
    [Description("max_words, min_words: the number of words")]
    public int? Limit { get; init; }

    /// <summary>max_words, min_words: words beyond the limit over which the score falls linearly from 1 to 0; 0 (default): at once.</summary>
    [Description("max_words, min_words: words beyond the limit over which the score falls linearly to 0; 0 falls at once")]
    public int Decay { get; init; }

    /// <summary>regex: a .NET regular expression.</summary>
    [Description("regex: a .NET regular expression; write (?i) in front to ignore case")]
    public string? Pattern { get; init; }

    /// <summary>The name that is reported: <see cref="Name"/>, else the kind in snake case.</summary>
    public string ReportedName() => Name ?? KindName();

    /// <summary>Everything that is wrong with this spec, one sentence each; empty if it can be used.</summary>
    public IEnumerable<string> Problems()
    {
        if (Name is not null && string.IsNullOrWhiteSpace(Name))
        {
            yield return $"name is empty in a {KindName()} reward; give one or leave it out";
        }

        if (!double.IsFinite(Weight))
        {
            yield return Problem("weight", $"is {Weight}; give a finite number");
        }

        bool usesColumn = Kind is RewardKind.ContainsAnswer or RewardKind.ExactMatch;
        foreach (string problem in Unused(Column is not null && !usesColumn, "column")
            .Concat(Unused(CandidatesColumn is not null && Kind != RewardKind.ContainsAnswer, "candidates_column"))
            .Concat(Unused(Phrases.Count > 0 && Kind != RewardKind.Phrase, "phrases"))
            .Concat(Unused(Pattern is not null && Kind != RewardKind.Regex, "pattern"))
            .Concat(Kind is RewardKind.MaxWords or RewardKind.MinWords ? WordProblems() : Unused(Limit is not null, "limit").Concat(Unused(Decay != 0, "decay"))))
        {
            yield return problem;
        }

        if (Kind == RewardKind.Phrase && (Phrases.Count == 0 || Phrases.Any(string.IsNullOrWhiteSpace)))
        {
            yield return Problem("phrases", Phrases.Count == 0 ? "is empty; list at least one phrase" : "has an empty phrase; remove it");
        }

        if (Kind == RewardKind.Regex && RegexReward.PatternProblem(Pattern) is { } reason)
        {
            yield return Problem("pattern", reason);
        }
    }

    private IEnumerable<string> WordProblems()
    {
        int least = Kind == RewardKind.MinWords ? 1 : 0;
        if (Limit is null || Limit < least)
        {
            yield return Problem("limit", $"is {Limit?.ToString() ?? "missing"}; give a number of words from {least} up");
        }

        if (Decay < 0)
        {
            yield return Problem("decay", $"is {Decay}; give a number of words from 0 up");
        }
    }

    private IEnumerable<string> Unused(bool given, string option) =>
        given ? [Problem(option, "is not an option of this kind; leave it out")] : [];

    private string Problem(string option, string what) => $"{option} of the {KindName()} reward '{ReportedName()}' {what}";

    private string KindName() => Kind switch
    {
        RewardKind.ContainsAnswer => "contains_answer",
        RewardKind.ExactMatch => "exact_match",
        RewardKind.Phrase => "phrase",
        RewardKind.MaxWords => "max_words",
        RewardKind.MinWords => "min_words",
        RewardKind.Regex => "regex",
        _ => Kind.ToString(),
    };
}
