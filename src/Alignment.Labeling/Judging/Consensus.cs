using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Judging;

/// <summary>Samples to the verdict of an order, orders to the verdict of a pair, pairs to the verdict of a task.</summary>
internal static class Consensus
{
    /// <summary>The verdict of one order.</summary>
    /// <param name="samples">At least one.</param>
    /// <param name="rule">How they count.</param>
    /// <param name="low">The pair's candidate with the lower number.</param>
    /// <param name="high">The other one.</param>
    public static JudgeAnswer OfSamples(IReadOnlyList<JudgeAnswer> samples, SampleRule rule, int low, int high)
    {
        var (choice, strength) = rule == SampleRule.Majority ? Majority(samples) : Mean(samples, low, high);
        return new(choice, strength, (samples.FirstOrDefault(one => one.Choice == choice) ?? samples[0]).Reason);
    }

    /// <summary>The verdict of a pair: what both orders say, else a tie.</summary>
    public static PairVerdict OfOrders(int low, int high, JudgeAnswer forward, JudgeAnswer backward)
    {
        var verdict = forward.Choice == backward.Choice
            ? forward with { Strength = Rounded([forward, backward]) }
            : new JudgeAnswer(Verdict.Tie, null, $"The two orders differ. Answer {low + 1} first: {forward.Reason} Answer {high + 1} first: {backward.Reason}");
        return new(low, high, verdict, forward.Choice, backward.Choice);
    }

    /// <summary>
    /// The verdict of a task. Of several pairs a win counts one and a tie half for both; the candidate with the most is chosen, and where several have it, it is a tie. When every pair is both
    /// bad, so is the task.
    /// </summary>
    public static JudgeAnswer OfPairs(IReadOnlyList<PairVerdict> pairs, int candidates)
    {
        if (pairs is [var only])
        {
            return only.Verdict;
        }

        if (pairs.All(pair => pair.Verdict.Choice.Kind == VerdictKind.BothBad))
        {
            return pairs[0].Verdict;
        }

        var scores = Scores(pairs, candidates);
        var best = Array.IndexOf(scores, scores.Max());
        if (scores.Count(score => score == scores[best]) > 1)
        {
            return new(Verdict.Tie, null, "Several candidates won equally often.");
        }

        var won = pairs.Where(pair => pair.Verdict.Choice == Verdict.Of(best)).Select(pair => pair.Verdict).ToList();
        return new(Verdict.Of(best), won.Count > 0 ? Rounded(won) : null, won.FirstOrDefault()?.Reason ?? "");
    }

    /// <summary>All candidates, the best first; null for a pair, and where some won equally often.</summary>
    public static IReadOnlyList<int>? Ranking(IReadOnlyList<PairVerdict> pairs, int candidates)
    {
        var scores = Scores(pairs, candidates);
        return candidates > 2 && scores.Distinct().Count() == candidates ? [.. Enumerable.Range(0, candidates).OrderByDescending(candidate => scores[candidate])] : null;
    }

    /// <summary>Wins of each candidate, a tie half.</summary>
    private static double[] Scores(IReadOnlyList<PairVerdict> pairs, int candidates)
    {
        var scores = new double[candidates];
        foreach (var pair in pairs)
        {
            switch (pair.Verdict.Choice.Kind)
            {
                case VerdictKind.Choice:
                    scores[pair.Verdict.Choice.Choice]++;
                    break;
                case VerdictKind.Tie:
                    scores[pair.Low] += 0.5;
                    scores[pair.High] += 0.5;
                    break;
            }
        }

        return scores;
    }

    /// <summary>What the orders of a task's pairs say about the judge.</summary>
    public static OrderCheck Check(IReadOnlyList<PairVerdict> pairs) =>
        new(pairs.Count, pairs.Count(pair => pair.Differs), pairs.Count(pair => pair.IsFirst), pairs.Count(pair => pair.IsLast));

    private static (Verdict Choice, int? Strength) Majority(IReadOnlyList<JudgeAnswer> samples)
    {
        var top = samples.CountBy(one => one.Choice).OrderByDescending(pair => pair.Value).Take(2).ToList();
        return top.Count == 2 && top[0].Value == top[1].Value
            ? (Verdict.Tie, null)
            : (top[0].Key, Rounded([.. samples.Where(one => one.Choice == top[0].Key)]));
    }

    private static (Verdict Choice, int? Strength) Mean(IReadOnlyList<JudgeAnswer> samples, int low, int high)
    {
        if (2 * samples.Count(one => one.Choice.Kind == VerdictKind.BothBad) > samples.Count)
        {
            return (Verdict.BothBad, null);
        }

        var mean = samples.Average(one => one.Choice.Kind != VerdictKind.Choice ? 0 : one.Choice.Choice == low ? one.Strength ?? 1 : -(one.Strength ?? 1));
        var rounded = (int)Math.Round(mean, MidpointRounding.AwayFromZero);
        return rounded == 0 ? (Verdict.Tie, null) : (Verdict.Of(rounded > 0 ? low : high), Math.Abs(rounded));
    }

    private static int? Rounded(IReadOnlyList<JudgeAnswer> answers) =>
        answers.Average(one => one.Strength) is { } mean ? (int)Math.Round(mean, MidpointRounding.AwayFromZero) : null;
}
