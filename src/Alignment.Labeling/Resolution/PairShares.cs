using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Resolution;

/// <summary>What votes with rankings say of each pair of a task's candidates. A ranking says something of every pair; a choice only of the pairs with the chosen one; a tie,
/// or both bad, is half a vote for either side of every pair.</summary>
public sealed class PairShares
{
    private readonly double[,] _for;

    private PairShares(double[,] @for) => _for = @for;

    /// <summary>Adds up votes.</summary>
    /// <param name="candidates">Candidates, K.</param>
    /// <param name="votes">The votes; skips say nothing.</param>
    /// <param name="weight">What a vote weighs.</param>
    /// <returns>Null when no vote ranks.</returns>
    public static PairShares? Of(int candidates, IReadOnlyCollection<Vote> votes, Func<Vote, double> weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (votes.All(vote => vote.Ranking is null))
        {
            return null;
        }

        var shares = new double[candidates, candidates];
        foreach (var vote in votes)
        {
            var own = weight(vote);
            foreach (var (first, second) in All(candidates))
            {
                var side = Side(vote, first, second);
                shares[first, second] += own * (side ?? 0);
                shares[second, first] += own * (1 - side ?? 0);
            }
        }

        return new(shares);
    }

    /// <summary>The probability that one candidate is better than another.</summary>
    /// <param name="first">The one.</param>
    /// <param name="second">The other.</param>
    /// <returns>NaN when no vote says anything of the pair.</returns>
    public double Preference(int first, int second) => _for[first, second] / (_for[first, second] + _for[second, first]);

    /// <summary>Every pair of candidates, the lower number first.</summary>
    /// <param name="candidates">Candidates, K.</param>
    internal static IEnumerable<(int First, int Second)> All(int candidates) =>
        Enumerable.Range(0, candidates).SelectMany(first => Enumerable.Range(first + 1, candidates - first - 1).Select(second => (first, second)));

    /// <summary>The shares of Dawid and Skene's model in which each pair is a unit of its own, with the categories first, second and even.</summary>
    /// <param name="tasks">Tasks with votes.</param>
    /// <returns>One for each task, in order; null for a task without rankings.</returns>
    internal static IReadOnlyList<PairShares?> Estimated(IReadOnlyList<VotedTask> tasks)
    {
        static bool Ranks(VotedTask task) => task.Decided.Any(vote => vote.Ranking is not null);
        var ranked = tasks.Where(Ranks).ToList();
        var units = ranked.SelectMany(task => All(task.Task.Candidates.Count).Select(pair => (IReadOnlyList<Rating>)[.. task.Decided
            .Select(vote => (vote.Annotator, Side: Side(vote, pair.First, pair.Second))).Where(one => one.Side is not null)
            .Select(one => new Rating(one.Annotator, one.Side switch { 1 => 0, 0 => 1, _ => 2 }))])).ToList();
        var truth = ranked.Count == 0 ? [] : DawidSkene.Fit(new(3, units)).Truth;
        var next = 0;
        return [.. tasks.Select(task =>
        {
            if (!Ranks(task))
            {
                return null;
            }

            var candidates = task.Task.Candidates.Count;
            var shares = new double[candidates, candidates];
            foreach (var (first, second) in All(candidates))
            {
                if (units[next].Count > 0)
                {
                    shares[first, second] = truth[next][0] + (truth[next][2] / 2);
                    shares[second, first] = truth[next][1] + (truth[next][2] / 2);
                }

                next++;
            }

            return new PairShares(shares);
        })];
    }

    /// <summary>Which side a vote takes: 1 the first, 0 the second, a half for neither, null when it says nothing of the pair.</summary>
    internal static double? Side(Vote vote, int first, int second) => vote.Choice.Kind switch
    {
        VerdictKind.Tie or VerdictKind.BothBad => 0.5,
        VerdictKind.Skip => null,
        _ when vote.Ranking is { } ranking => ranking.First(candidate => candidate == first || candidate == second) == first ? 1 : 0,
        _ => vote.Choice.Choice == first ? 1 : vote.Choice.Choice == second ? 0 : null,
    };
}
