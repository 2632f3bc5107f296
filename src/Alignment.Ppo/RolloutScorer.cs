using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>Fills the tables of a batch of rollouts: log-probabilities of policy and reference, values, scores. No gradients.</summary>
/// <param name="models">Policy, reference, value model, reward.</param>
/// <param name="options">Temperature, clip, penalty.</param>
internal sealed class RolloutScorer(PpoModels models, PpoOptions options)
{
    /// <summary>Scores responses.</summary>
    /// <param name="rollouts">Its tables are filled.</param>
    /// <param name="microBatches">All rows, each once.</param>
    /// <param name="withValues">Whether the value model is asked too.</param>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    public void Score(RolloutBatch rollouts, IEnumerable<int[]> microBatches, bool withValues = true)
    {
        using var noGrad = no_grad();
        foreach (var rows in microBatches)
        {
            using var scope = NewDisposeScope();
            var batch = ResponseBatch.Of(rollouts, rows, models.Tokenizer.PadId, models.Policy.Device);
            RolloutBatch.Put(rollouts.LogProbs, batch.Cells, batch.Tokens.LogProbs(models.Policy, options.Temperature));
            RolloutBatch.Put(rollouts.ReferenceLogProbs, batch.Cells, models.ReferenceLogProbs(batch.Tokens, options.Temperature));
            if (withValues)
            {
                RolloutBatch.Put(rollouts.Values, batch.ValueCells, batch.Values(models.Value));
            }

            var scores = models.Reward.Score(rollouts, rows, batch);
            for (var i = 0; i < rows.Length; i++)
            {
                rollouts.Scores[rows[i]] = Shape(scores[i], rollouts.Rollouts[rows[i]]);
            }
        }
    }

    private float Shape(float score, Rollout rollout)
    {
        if (!float.IsFinite(score))
        {
            throw new InvalidDataException($"{rollout.Prompt.RowId}: the score of a response is {score}; look at the reward model, or at the numbers that the function reward gives");
        }

        var clip = (float)(options.RewardClip ?? double.PositiveInfinity);
        return Math.Clamp(score, -clip, clip) - (rollout.Ended ? 0 : (float)options.MissingEosPenalty);
    }
}
