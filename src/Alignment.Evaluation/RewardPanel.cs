using Alignment.Core.Checkpoints;

namespace Alignment.Evaluation;

/// <summary>What one or several reward models say, put together; one of them is in memory at a time.</summary>
/// <param name="runs">Computes, or knows from an earlier process.</param>
/// <param name="options">How rewards are put together.</param>
/// <param name="folders">The models, at least one.</param>
internal sealed class RewardPanel(ModelRuns runs, EvaluationOptions options, IReadOnlyList<string> folders)
{
    /// <summary>Asks every model about everything.</summary>
    /// <param name="sets">Sets of responses.</param>
    /// <param name="withPairs">Whether the held-out pairs are asked about, too.</param>
    /// <returns>A normalised reward for each response of each set; and r(chosen) − r(rejected) of each pair, in the unit of the Bradley-Terry model.</returns>
    public (double[][] Rewards, double[]? Differences) Ask(IReadOnlyList<SampledResponses> sets, bool withPairs)
    {
        var rewards = new double[folders.Count][][];
        var pairs = new (double[] Rewards, double Unit)[folders.Count];
        for (var i = 0; i < folders.Count; i++)
        {
            var folder = folders[i];
            using var model = runs.LoadReward(folder);
            rewards[i] = [.. sets.Select(set => runs.Rewards(folder, model, set))];
            pairs[i] = withPairs ? runs.PairRewards(folder, model) : default;
        }

        return ([.. sets.Select((_, set) => Together([.. rewards.Select(member => member[set])]))], withPairs ? Differences(pairs) : null);
    }

    // A single model's own differences; an ensemble's in the mean of its members' units.
    private double[] Differences((double[] Rewards, double Unit)[] pairs)
    {
        var unit = pairs.Average(pair => pair.Unit);
        return [.. Together([.. pairs.Select(pair => pair.Rewards)]).Chunk(2).Select(pair => unit * (pair[0] - pair[1]))];
    }

    private double[] Together(IReadOnlyList<double[]> members) => RewardModelFolder.Together(members, options.RewardAggregation, options.RewardConfidence);
}
