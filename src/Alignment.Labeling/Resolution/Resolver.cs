using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Resolution;

/// <summary>Makes one verdict of a task's votes. An adjudication decides its task whatever the votes say.</summary>
public static class Resolver
{
    private const double Even = 1e-9;

    /// <summary>Resolves tasks.</summary>
    /// <param name="tasks">Tasks with votes.</param>
    /// <param name="options">How.</param>
    /// <returns>One for each task, in order.</returns>
    /// <exception cref="InvalidDataException">The method needs gold answers and there are none.</exception>
    public static IReadOnlyList<ResolvedTask> Resolve(IReadOnlyList<VotedTask> tasks, ResolutionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var weights = options.Method == ResolutionMethod.Weighted ? GoldWeights.Of(tasks) : null;
        Func<Vote, double> Weight(VotedTask task) => weights is null ? _ => 1 : vote => weights.Weight(vote.Annotator, task.Task.Candidates.Count);
        var isEstimated = options.Method == ResolutionMethod.DawidSkene;
        var shares = isEstimated ? Estimated(tasks) : tasks.Select(task => Shares(task, Weight(task)));
        var pairs = isEstimated ? PairShares.Estimated(tasks) : tasks.Select(task => PairShares.Of(task.Task.Candidates.Count, [.. task.Decided], Weight(task)));
        return [.. tasks.Zip(shares, pairs).Select(one => Resolve(one.First, one.Second, one.Third, options))];
    }

    private static ResolvedTask Resolve(VotedTask task, double[] shares, PairShares? pairs, ResolutionOptions options)
    {
        var candidates = task.Task.Candidates.Count;
        if (task.Settled is { } settled && settled.Choice.Kind != VerdictKind.Skip)
        {
            pairs = PairShares.Of(candidates, [settled], _ => 1);
            shares = [.. Enumerable.Range(0, candidates + 2).Select(i => i == VoteRatings.Category(settled.Choice, candidates) ? 1.0 : 0)];
        }
        else if (task.Decided.Count() < options.MinVotes)
        {
            return new(task, TaskOutcome.Open, null, shares);
        }

        var most = shares.Max();
        var best = Array.IndexOf(shares, most);
        var unsure = most == 0 || most < options.MinShare || shares.Count(share => share > most - Even) > 1;
        var outcome = unsure ? TaskOutcome.Split
            : best == candidates ? TaskOutcome.Tie
            : best == candidates + 1 ? TaskOutcome.BothBad
            : TaskOutcome.Decided;
        return new(task, outcome, outcome == TaskOutcome.Decided ? best : null, shares) { Pairs = pairs };
    }

    private static IEnumerable<double[]> Estimated(IReadOnlyList<VotedTask> tasks)
    {
        var most = VoteRatings.Candidates(tasks);
        var truth = DawidSkene.Fit(VoteRatings.Nominal(tasks)).Truth;
        return tasks.Zip(truth, (task, all) =>
        {
            var candidates = task.Task.Candidates.Count;
            double[] own = [.. all[..candidates], .. all[most..]];
            var sum = own.Sum();
            return task.Decided.Any() && sum > 0 ? [.. own.Select(share => share / sum)] : new double[own.Length];
        });
    }

    private static double[] Shares(VotedTask task, Func<Vote, double> weight)
    {
        var candidates = task.Task.Candidates.Count;
        var shares = new double[candidates + 2];
        foreach (var vote in task.Decided)
        {
            shares[VoteRatings.Category(vote.Choice, candidates)] += weight(vote);
        }

        var sum = shares.Sum();
        return sum > 0 ? [.. shares.Select(share => share / sum)] : shares;
    }
}
