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
    [Description("contains_answer, exact_match, phrase, max_words, min_words, regex, numeric_answer, length, format, json or ifeval")]
    public RewardKind Kind { get; init; }

    /// <summary>The name under which the score is reported; null: the kind in snake case.</summary>
    [Description("name under which the score is reported; the kind if left out")]
    public string? Name { get; init; }

    /// <summary>Factor of this term in the sum; negative for a penalty. Default 1.</summary>
    [Description("factor of this term in the sum; negative for a penalty")]
    public double Weight { get; init; } = 1;

    /// <summary>contains_answer, exact_match, numeric_answer: the column with the answer (a string, a number or a list of either: any is right). Default <c>answer</c>.</summary>
    [Description("contains_answer, exact_match, numeric_answer: column with the answer or list of accepted answers; default answer")]
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

    /// <summary>max_words, min_words, length: words (or units) beyond the limit over which the score falls linearly from 1 to 0; 0 (default): at once.</summary>
    [Description("max_words, min_words, length: words (or units) beyond the limit over which the score falls linearly to 0; 0 falls at once")]
    public int Decay { get; init; }

    /// <summary>regex: a .NET regular expression.</summary>
    [Description("regex: a .NET regular expression; write (?i) in front to ignore case")]
    public string? Pattern { get; init; }

    /// <summary>numeric_answer: whether the last number of a response without <c>####</c> is its answer.</summary>
    [Description("numeric_answer: the last number of a response without #### is its answer")]
    public bool LastNumber { get; init; }

    /// <summary>numeric_answer: how far the numbers may be apart.</summary>
    [Description("numeric_answer: how far the two numbers may be apart")]
    public double Tolerance { get; init; }

    /// <summary>length: what is counted; null: words.</summary>
    [Description("length: words, tokens or characters; words if left out")]
    public LengthUnit? Unit { get; init; }

    /// <summary>length: the least, or null.</summary>
    [Description("length: the shortest that scores 1; equal to max for a target")]
    public int? Min { get; init; }

    /// <summary>length: the most, or null.</summary>
    [Description("length: the longest that scores 1")]
    public int? Max { get; init; }

    /// <summary>format: names of tags in order.</summary>
    [Description("format: names of tags, in order: [think, answer] wants <think>…</think><answer>…</answer> and nothing else")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>json: keys that the object must have.</summary>
    [Description("json: keys that the object must have; any JSON if left out")]
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>ifeval: the loose reading.</summary>
    [Description("ifeval: an instruction also counts as followed without the first or last line, or without asterisks")]
    public bool Loose { get; init; }

    /// <summary>ifeval: the share of instructions in place of all or nothing.</summary>
    [Description("ifeval: the score is the share of instructions that are followed, not all or nothing")]
    public bool Partial { get; init; }

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

        foreach (string problem in Unused())
        {
            yield return problem;
        }

        foreach (string problem in Kind is RewardKind.MaxWords or RewardKind.MinWords ? WordProblems() : Kind == RewardKind.Length ? LengthProblems() : [])
        {
            yield return problem;
        }

        if (!(Tolerance >= 0 && double.IsFinite(Tolerance)))
        {
            yield return Problem("tolerance", FormattableString.Invariant($"is {Tolerance}; give a number from 0 up"));
        }

        if (Kind == RewardKind.Format && (Tags.Count == 0 || !Tags.All(IsTag) || Tags.Distinct().Count() < Tags.Count))
        {
            yield return Problem("tags", Tags.Count == 0 ? "is empty; list at least one tag" : "must be different names of letters, digits, '-' and '_', without the angle brackets");
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

    private IEnumerable<string> LengthProblems()
    {
        if (Min is null && Max is null)
        {
            yield return Problem("min and max", "are missing; give one or both");
        }

        if (Min < 0 || Max < 0 || Min > Max)
        {
            yield return Problem("min and max", $"are {Min?.ToString() ?? "none"} and {Max?.ToString() ?? "none"}; give numbers from 0 up, min not above max");
        }

        if (Decay < 0)
        {
            yield return Problem("decay", $"is {Decay}; give a number from 0 up");
        }
    }

    private static bool IsTag(string? tag) => !string.IsNullOrEmpty(tag) && tag.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>Settings of other kinds.</summary>
    private IEnumerable<string> Unused()
    {
        (string Option, bool Given, RewardKind[] Kinds)[] settings =
        [
            ("column", Column is not null, [RewardKind.ContainsAnswer, RewardKind.ExactMatch, RewardKind.NumericAnswer]),
            ("candidates_column", CandidatesColumn is not null, [RewardKind.ContainsAnswer]),
            ("phrases", Phrases.Count > 0, [RewardKind.Phrase]),
            ("pattern", Pattern is not null, [RewardKind.Regex]),
            ("limit", Limit is not null, [RewardKind.MaxWords, RewardKind.MinWords]),
            ("decay", Decay != 0, [RewardKind.MaxWords, RewardKind.MinWords, RewardKind.Length]),
            ("last_number", LastNumber, [RewardKind.NumericAnswer]),
            ("tolerance", Tolerance != 0, [RewardKind.NumericAnswer]),
            ("unit", Unit is not null, [RewardKind.Length]),
            ("min", Min is not null, [RewardKind.Length]),
            ("max", Max is not null, [RewardKind.Length]),
            ("tags", Tags.Count > 0, [RewardKind.Format]),
            ("keys", Keys.Count > 0, [RewardKind.Json]),
            ("loose", Loose, [RewardKind.Ifeval]),
            ("partial", Partial, [RewardKind.Ifeval]),
        ];
        return settings.Where(setting => setting.Given && !setting.Kinds.Contains(Kind)).Select(setting => Problem(setting.Option, "is not an option of this kind; leave it out"));
    }

    private string Problem(string option, string what) => $"{option} of the {KindName()} reward '{ReportedName()}' {what}";

    private string KindName() => Kind switch
    {
        RewardKind.ContainsAnswer => "contains_answer",
        RewardKind.ExactMatch => "exact_match",
        RewardKind.Phrase => "phrase",
        RewardKind.MaxWords => "max_words",
        RewardKind.MinWords => "min_words",
        RewardKind.Regex => "regex",
        RewardKind.NumericAnswer => "numeric_answer",
        RewardKind.Length => "length",
        RewardKind.Format => "format",
        RewardKind.Json => "json",
        RewardKind.Ifeval => "ifeval",
        _ => Kind.ToString(),
    };
}
