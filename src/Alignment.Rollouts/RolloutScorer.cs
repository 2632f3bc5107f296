using Alignment.Rollouts.Rewards;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>Fills the tables of a batch of rollouts: log-probabilities of policy and reference, scores. No gradients.</summary>
/// <param name="models">Policy, reference, reward.</param>
/// <param name="options">Temperature, clip, penalty.</param>
public sealed class RolloutScorer(RolloutModels models, RolloutOptions options)
{
    /// <summary>Scores responses.</summary>
    /// <param name="rollouts">Its tables are filled.</param>
    /// <param name="microBatches">All rows, each once.</param>
    /// <param name="cancel">Ends the wait for rewards.</param>
    /// <param name="more">What else is to be asked about each micro-batch, under <c>no_grad</c>.</param>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Score(RolloutBatch rollouts, IEnumerable<int[]> microBatches, CancellationToken cancel = default, Action<ResponseBatch>? more = null)
    {
        using var noGrad = no_grad();
        var batches = microBatches.ToArray();
        foreach (var rows in batches)
        {
            using var scope = NewDisposeScope();
            var batch = ResponseBatch.Of(rollouts, rows, models.Tokenizer.PadId, models.Policy.Device);
            RolloutBatch.Put(rollouts.LogProbs, batch.Cells, batch.Tokens.LogProbs(models.Policy, options.Temperature));
            if (models.HasReference)
            {
                RolloutBatch.Put(rollouts.ReferenceLogProbs, batch.Cells, models.ReferenceLogProbs(batch.Tokens, options.Temperature));
            }

            more?.Invoke(batch);
        }

        rollouts.Rewards = models.Reward.Score(rollouts.Rollouts, batches, cancel);
        RewardShaping.Apply(options, rollouts.Rewards, rollouts.Rollouts).CopyTo(rollouts.Scores, 0);
    }
}
