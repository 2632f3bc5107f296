using Alignment.Core.Models;
using Alignment.Objectives;

namespace Alignment.Dpo;

/// <summary>Pairs to losses: the policy's part of steps 5 and 6 of docs/algorithms/dpo.md.</summary>
/// <param name="options">β, the form of the loss, its other terms.</param>
/// <param name="policy">The model that is trained, without dropout.</param>
/// <param name="padId">Fills short rows; its value changes nothing.</param>
internal sealed class PairScorer(DpoOptions options, CausalLm policy, int padId)
{
    /// <summary>One batch, both responses of each pair in one forward pass, which runs over their prompt once.</summary>
    /// <param name="set">Pairs and reference.</param>
    /// <param name="rows">P rows of the set.</param>
    /// <returns>Everything belongs to the caller's scope; losses have a gradient where it is on.</returns>
    public PairScores Score(PairSet set, int[] rows)
    {
        // 5. log-probs of the response tokens under the policy, summed over each response
        var batch = PairBatch.Of([.. rows.Select(row => set.Pairs[row])], padId, policy.Device);
        var tokens = batch.Targets.Score(policy, batch.Targets.Hidden(policy)); // [N] each
        var logProbs = batch.Sum(tokens.LogProb);                               // [P] each
        var reference = set.Reference.At(rows, policy.Device);                  // [P] each

        // 6. the loss of each pair, and the likelihood of its chosen response if that is wanted too
        var lengths = batch.Lengths(); // [P] each
        var pairwise = DpoLoss.Compute(
            logProbs, reference, options.Beta, options.Loss, options.LabelSmoothing, batch.Labels(), options.IpoLengthNorm ? lengths : null);
        var likelihood = (logProbs.Chosen / lengths.Chosen).neg(); // [P]
        var losses = options.SftWeight > 0 ? pairwise.Losses + options.SftWeight * likelihood : pairwise.Losses; // [P]
        return new PairScores(batch, tokens, logProbs, reference, lengths, pairwise, likelihood, losses);
    }
}
