namespace Alignment.Data.Rewards;

/// <summary>Makes rewards from their specs.</summary>
public static class TextReward
{
    /// <summary>The weighted sum of the given terms: r(x, y) = Σᵢ wᵢ·rᵢ(x, y).</summary>
    /// <param name="specs">At least one; reported names must differ.</param>
    /// <param name="tokens">Counts the tokens of a text, for lengths in tokens; null where there is no tokenizer.</param>
    /// <exception cref="ArgumentException">No spec, a name used twice, or a spec with <see cref="RewardSpec.Problems"/>; the message lists every problem.</exception>
    public static WeightedSumReward Create(IReadOnlyList<RewardSpec> specs, Func<string, int>? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(specs);
        var problems = Problems(specs, tokens is not null).ToList();
        if (problems.Count > 0)
        {
            throw new ArgumentException("rewards: " + string.Join("; ", problems), nameof(specs));
        }

        return new WeightedSumReward([.. specs.Select(spec => new WeightedReward(Create(spec, tokens), spec.Weight))]);
    }

    /// <summary>Everything that is wrong with a list of specs, for options records to report beside their own problems.</summary>
    /// <param name="specs">The specs.</param>
    /// <param name="countsTokens">Whether there is a tokenizer.</param>
    public static IEnumerable<string> Problems(IReadOnlyList<RewardSpec> specs, bool countsTokens = true)
    {
        ArgumentNullException.ThrowIfNull(specs);
        if (specs.Count == 0)
        {
            yield return "the list is empty; give at least one reward";
        }

        foreach (string problem in specs.SelectMany(spec => spec.Problems()))
        {
            yield return problem;
        }

        foreach (var spec in specs.Where(spec => !countsTokens && spec.Unit == LengthUnit.Tokens))
        {
            yield return $"unit of the length reward '{spec.ReportedName()}' is tokens, and there is no tokenizer here; use words or characters";
        }

        foreach (var twice in specs.GroupBy(spec => spec.ReportedName()).Where(group => group.Count() > 1))
        {
            yield return $"{twice.Count()} rewards are called '{twice.Key}'; give each a name of its own";
        }
    }

    private static ITextReward Create(RewardSpec spec, Func<string, int>? tokens) => spec.Kind switch
    {
        RewardKind.ContainsAnswer => new ContainsAnswerReward(spec.ReportedName(), spec.Column ?? "answer", spec.CandidatesColumn),
        RewardKind.ExactMatch => new ExactMatchReward(spec.ReportedName(), spec.Column ?? "answer"),
        RewardKind.Phrase => new PhraseReward(spec.ReportedName(), spec.Phrases),
        RewardKind.MaxWords => new MaxWordsReward(spec.ReportedName(), spec.Limit!.Value, spec.Decay),
        RewardKind.MinWords => new MinWordsReward(spec.ReportedName(), spec.Limit!.Value, spec.Decay),
        RewardKind.Regex => new RegexReward(spec.ReportedName(), spec.Pattern!),
        RewardKind.NumericAnswer => new NumericAnswerReward(spec.ReportedName(), spec.Column ?? "answer", spec.LastNumber, spec.Tolerance),
        RewardKind.Length => new LengthReward(spec.ReportedName(), spec.Unit ?? LengthUnit.Words, spec.Min, spec.Max, spec.Decay, tokens),
        RewardKind.Format => new FormatReward(spec.ReportedName(), spec.Tags),
        RewardKind.Json => new JsonReward(spec.ReportedName(), spec.Keys),
        RewardKind.Ifeval => new IfEvalReward(spec.ReportedName(), spec.Loose, spec.Partial),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Kind, "unknown reward kind"),
    };
}
