using Alignment.Data.Rewards;
using Alignment.Data.Tokenization;

namespace Alignment.Rollouts.Rewards;

/// <summary>C# functions of the response's text.</summary>
/// <param name="reward">The functions with their weights.</param>
/// <param name="tokenizer">Turns responses into text, without special tokens.</param>
public sealed class FunctionReward(WeightedSumReward reward, TextTokenizer tokenizer) : IRewardSource
{
    /// <inheritdoc/>
    public int? ContextLength => null;

    /// <inheritdoc/>
    public RewardScores Score(IReadOnlyList<Rollout> rollouts, IReadOnlyList<int[]> microBatches, CancellationToken cancel = default)
    {
        var scores = rollouts.Select(rollout => reward.TermScores(rollout.Prompt.Text, tokenizer.Decode(rollout.Response), rollout.Prompt.Columns, rollout.Prompt.RowId)).ToArray();
        return new RewardScores([.. reward.Terms.Select((term, i) => new RewardTerm(term.Reward.Name, term.Weight, Array.ConvertAll(scores, row => row[i])))]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
