using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>Pairs to losses: the policy's part of steps 5 and 6 of docs/algorithms/dpo.md.</summary>
/// <param name="options">β, the form of the loss, its other terms.</param>
/// <param name="policy">The model that is trained, without dropout.</param>
/// <param name="padId">Fills short rows; its value changes nothing.</param>
/// <param name="moving">The reference where it follows the policy; null where its numbers stand in the set, or there is none.</param>
/// <param name="unpaired">The loss where the rows are labelled responses; null for pairs.</param>
internal sealed class PairScorer(DpoOptions options, CausalLm policy, int padId, MovingReference? moving = null, UnpairedLoss? unpaired = null)
{
    private readonly DpoLossOptions _loss = options.ToLossOptions();

    /// <summary>One batch, both responses of each pair in one forward pass, which runs over their prompt once.</summary>
    /// <param name="set">Pairs and reference.</param>
    /// <param name="rows">P rows of the set.</param>
    /// <param name="training">Whether the rows are trained on: what the loss remembers of earlier batches moves only then.</param>
    /// <returns>Everything belongs to the caller's scope; losses have a gradient where it is on.</returns>
    public PairScores Score(PairSet set, int[] rows, bool training = false)
    {
        // 5. log-probs of the response tokens under the policy, summed over each response
        var batch = PairBatch.Of([.. rows.Select(row => set.Pairs[row])], padId, policy.Device, options.LdAlpha);
        var hidden = batch.Targets.Hidden(policy);                                         // [N, D]
        var tokens = batch.Targets.Score(policy, hidden);                                  // [N] each
        var logProbs = batch.Sum(tokens.LogProb);                                          // [P] each
        var reference = moving?.LogProbs(batch) ?? set.Reference?.At(rows, policy.Device); // [P] each

        // 6. the loss of each pair, and the likelihood of its chosen response if that is wanted too
        var lengths = batch.Lengths(); // [P] each
        var whole = batch.TokenWeights is null ? logProbs : batch.Sum(tokens.LogProb, weighted: false);
        var likelihood = (whole.Chosen / lengths.Chosen).neg(); // [P]
        if (unpaired is not null)
        {
            var ratios = set.DensityRatios is { } all ? tensor(Array.ConvertAll(rows, row => all[row])).SentTo(policy.Device) : null; // [P]
            var single = unpaired.Compute(batch, logProbs, reference!.Value, training, ratios);
            return new PairScores(batch, tokens, logProbs, reference, lengths, single, likelihood, single.Losses);
        }

        var weights = options.UseWeighting ? Weights(batch, hidden, tokens, lengths) : null;
        var pairwise = DpoLoss.Compute(
            logProbs, reference, _loss, batch.Labels(), lengths, batch.Margins(options.Margin, options.UseMargins), likelihood, weights);
        var losses = options.SftWeight > 0 ? pairwise.Losses + options.SftWeight * likelihood : pairwise.Losses; // [P]
        return new PairScores(batch, tokens, logProbs, reference, lengths, pairwise, likelihood, losses);
    }

    // WPO: how likely the policy is to say the tokens itself, against what it expects to say.
    private Tensor Weights(PairBatch batch, Tensor hidden, TokenStatistics tokens, PairLogProbs lengths)
    {
        var aligned = batch.Sum(WpoWeights.Aligned(tokens.LogProb.detach().to(ScalarType.Float64), batch.Targets.LogSumSquares(policy, hidden)), weighted: false);
        return WpoWeights.Compute(new(aligned.Chosen / lengths.Chosen, aligned.Rejected / lengths.Rejected));
    }
}
