using Alignment.Core.Numerics;
using Alignment.Objectives;
using Alignment.Rollouts;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>What the updates of a step aim at; tables [B, R] that belong to the caller's dispose scope.</summary>
/// <param name="Kl">The chosen estimator at each token, in nats.</param>
/// <param name="Whitened">Advantages with mean 0 and variance 1 over the response tokens.</param>
/// <param name="Returns">The value model's targets.</param>
internal sealed record Advantages(Tensor Kl, Tensor Whitened, Tensor Returns)
{
    /// <summary>From scores to advantages.</summary>
    /// <param name="rollouts">Scored.</param>
    /// <param name="options">Estimator, placement, whitening, γ, λ.</param>
    /// <param name="klCoefficient">β of this step.</param>
    public static Advantages Of(RolloutBatch rollouts, PpoOptions options, double klCoefficient)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var kl = rollouts.Kl(options.KlEstimator);                                                          // [B, R]
        var scores = tensor(rollouts.Scores).SentTo(kl.device);                                             // [B]
        var rewards = TokenRewards.Compute(kl, scores, rollouts.Lengths, klCoefficient, options.ScorePlacement);
        if (options.WhitenRewards)
        {
            rewards = Masked.Whiten(rewards, rollouts.ValueMask, shiftMean: false);
        }

        var (advantages, returns) = GeneralizedAdvantage.Compute(rewards, rollouts.Values, options.Gamma, options.Lambda);
        return new Advantages(
            kl.MoveToOuterDisposeScope(),
            Masked.Whiten(advantages, rollouts.Mask).MoveToOuterDisposeScope(),
            returns.MoveToOuterDisposeScope());
    }
}
