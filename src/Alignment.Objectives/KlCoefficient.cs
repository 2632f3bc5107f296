namespace Alignment.Objectives;

/// <summary>The proportional controller of the KL coefficient: Ziegler et al. 2019, arXiv:1909.08593, Section 2.2.</summary>
public static class KlCoefficient
{
    /// <summary>β ← β·(1 + clip(KL/target − 1, −0.2, 0.2)·n/horizon).</summary>
    /// <param name="coefficient">β before the update, &gt; 0.</param>
    /// <param name="kl">The mean KL of the last batch, in nats per sequence.</param>
    /// <param name="target">The wanted KL, in nats per sequence, &gt; 0 (6 in the paper's code).</param>
    /// <param name="horizon">How many episodes the controller takes to react, &gt; 0 (10,000 in the paper's code).</param>
    /// <param name="episodes">n, the episodes of the last batch.</param>
    /// <returns>β after the update.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is not positive, or <paramref name="kl"/> is not finite.</exception>
    public static double Adapt(double coefficient, double kl, double target, double horizon, long episodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(coefficient);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(target);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(episodes);
        if (!double.IsFinite(kl))
        {
            throw new ArgumentOutOfRangeException(nameof(kl), kl, "must be finite");
        }

        var error = Math.Clamp(kl / target - 1, -0.2, 0.2);
        return coefficient * (1 + error * episodes / horizon);
    }
}
