using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>The loss that the options name, summed so that all micro-batches of an update make one mean.</summary>
/// <param name="options">Form, bounds, β.</param>
internal sealed class PolicyLoss(GrpoOptions options)
{
    /// <summary>The loss of a micro-batch.</summary>
    /// <param name="logProbs">[b, R], log π, with gradient.</param>
    /// <param name="oldLogProbs">[b, R]; null where they are still the policy's own.</param>
    /// <param name="advantages">[b] or [b, R].</param>
    /// <param name="mask">[b, R], boolean: tokens that count.</param>
    /// <param name="referenceLogProbs">[b, R]; null where no KL is in the loss.</param>
    /// <param name="updateRows">Responses of the whole update.</param>
    /// <param name="updateTokens">Tokens of the whole update that count.</param>
    /// <param name="tokens">Those of the micro-batch.</param>
    /// <returns>Owned by the caller's dispose scope.</returns>
    public MicroLoss Of(Tensor logProbs, Tensor? oldLogProbs, Tensor advantages, Tensor mask, Tensor? referenceLogProbs, int updateRows, long updateTokens, long tokens)
    {
        using var scope = NewDisposeScope();
        var loss = options.LossType switch
        {
            PolicyLossKind.Reinforce => new MicroLoss(ReinforceLoss.Compute(logProbs, advantages, mask).sum(), updateRows, null, null),
            PolicyLossKind.Rloo => Whole(logProbs, oldLogProbs ?? logProbs.detach(), advantages, mask, updateRows),
            _ => Relative(logProbs, oldLogProbs, advantages, mask, referenceLogProbs, updateRows, updateTokens, tokens),
        };
        loss.Sum.MoveToOuterDisposeScope();
        loss.LowClipped?.MoveToOuterDisposeScope();
        loss.HighClipped?.MoveToOuterDisposeScope();
        return loss;
    }

    private MicroLoss Relative(Tensor logProbs, Tensor? oldLogProbs, Tensor advantages, Tensor mask, Tensor? referenceLogProbs, int updateRows, long updateTokens, long tokens)
    {
        var loss = options.ToLoss();
        var terms = GrpoLoss.PerToken(logProbs, oldLogProbs, advantages, mask, loss, referenceLogProbs);
        var rows = GrpoLoss.Rows(terms.Losses, mask, loss.Kind, options.MaxNewTokens, updateTokens, tokens); // [b]
        var isTokenMean = loss.Kind is GrpoLossKind.Dapo or GrpoLossKind.Cispo or GrpoLossKind.Vespo; // their mean is Σ over the tokens / tokens of the update
        return new(isTokenMean ? rows.mean() : rows.sum(), isTokenMean ? 1 : updateRows, terms.LowClipped.expand(mask.shape) & mask, terms.HighClipped.expand(mask.shape) & mask);
    }

    // One ratio for each response.
    private MicroLoss Whole(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, int updateRows)
    {
        var outside = mask.logical_not();
        Tensor Sum(Tensor table) => table.masked_fill(outside, 0).sum(dim: 1); // [b]
        var (sums, old) = (Sum(logProbs), Sum(oldLogProbs));
        var masked = mask.sum(dim: 1).eq(0); // [b]
        var losses = RlooLoss.Compute(sums, old, advantages, options.Epsilon, options.EpsilonHigh).Losses.masked_fill(masked, 0);
        var ratio = (sums - old).detach().exp();
        var low = ratio.lt(1 - options.Epsilon) & advantages.lt(0);
        var high = ratio.gt(1 + (options.EpsilonHigh ?? options.Epsilon)) & advantages.gt(0);
        return new(losses.sum(), updateRows, low.unsqueeze(1) & mask, high.unsqueeze(1) & mask);
    }
}
