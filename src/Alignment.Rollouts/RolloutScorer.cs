using Alignment.Rollouts.Rewards;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>Fills the tables of a batch of rollouts: log-probabilities of policy and reference, scores. No gradients.</summary>
/// <param name="models">Policy, reference, reward.</param>
/// <param name="options">Temperature, clip, penalty.</param>
/// <param name="fullKl">Whether the distributions of policy and reference are compared as wholes, too (<see cref="RolloutBatch.FullKl"/>).</param>
public sealed class RolloutScorer(RolloutModels models, RolloutOptions options, bool fullKl = false)
{
    /// <summary>Fills the tables and the scores.</summary>
    /// <param name="rollouts">Its tables are filled.</param>
    /// <param name="microBatches">All rows, each once.</param>
    /// <param name="cancel">Ends the wait for rewards.</param>
    /// <param name="more">What else is to be asked about each micro-batch, under <c>no_grad</c>.</param>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Score(RolloutBatch rollouts, IEnumerable<int[]> microBatches, CancellationToken cancel = default, Action<ResponseBatch>? more = null)
    {
        var batches = microBatches.ToArray();
        LogProbs(rollouts, batches, more);
        Rewards(rollouts, batches, cancel);
    }

    /// <summary>Fills the tables of log-probabilities.</summary>
    /// <param name="rollouts">Its tables are filled.</param>
    /// <param name="microBatches">All rows, each once.</param>
    /// <param name="more">What else is to be asked about each micro-batch, under <c>no_grad</c>.</param>
    public void LogProbs(RolloutBatch rollouts, IReadOnlyList<int[]> microBatches, Action<ResponseBatch>? more = null)
    {
        using var noGrad = no_grad();
        rollouts.FullKl = fullKl ? zeros_like(rollouts.LogProbs) : null; // of the batch's own scope
        foreach (var rows in microBatches)
        {
            using var scope = NewDisposeScope();
            var batch = ResponseBatch.Of(rollouts, rows, models.Tokenizer.PadId, models.Policy.Device);
            if (rollouts.FullKl is { } table)
            {
                var (logProbs, reference, kl) = models.WithFullKl(batch.Tokens, options.Temperature);
                RolloutBatch.Put(rollouts.LogProbs, batch.Cells, logProbs);
                RolloutBatch.Put(rollouts.ReferenceLogProbs, batch.Cells, reference);
                RolloutBatch.Put(table, batch.Cells, kl);
            }
            else
            {
                RolloutBatch.Put(rollouts.LogProbs, batch.Cells, batch.Tokens.LogProbs(models.Policy, options.Temperature));
                if (models.HasReference)
                {
                    RolloutBatch.Put(rollouts.ReferenceLogProbs, batch.Cells, models.ReferenceLogProbs(batch.Tokens, options.Temperature));
                }
            }

            more?.Invoke(batch);
        }
    }

    /// <summary>Asks the reward, and shapes what it says.</summary>
    /// <param name="rollouts">Its scores are filled.</param>
    /// <param name="microBatches">All rows, each once.</param>
    /// <param name="cancel">Ends the wait for rewards.</param>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Rewards(RolloutBatch rollouts, IReadOnlyList<int[]> microBatches, CancellationToken cancel = default)
    {
        rollouts.Rewards = models.Reward.Score(rollouts.Rollouts, microBatches, cancel);
        RewardShaping.Apply(options, rollouts.Rewards, rollouts.Rollouts).CopyTo(rollouts.Scores, 0);
    }
}
