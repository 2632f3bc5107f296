using Alignment.Data.Rewards;
using Alignment.Data.Tokenization;

namespace Alignment.Ppo;

/// <summary>A C# function of the response's text.</summary>
/// <param name="reward">The function.</param>
/// <param name="tokenizer">Turns responses into text, without special tokens.</param>
internal sealed class FunctionReward(ITextReward reward, TextTokenizer tokenizer) : IRewardSource
{
    public float[] Score(RolloutBatch rollouts, IReadOnlyList<int> rows, ResponseBatch batch) =>
        [.. rows.Select(row => Score(rollouts.Rollouts[row]))];

    public void Dispose()
    {
    }

    private float Score(Rollout rollout) =>
        (float)reward.Score(rollout.Prompt.Text, tokenizer.Decode(rollout.Response), rollout.Prompt.Columns, rollout.Prompt.RowId);
}
