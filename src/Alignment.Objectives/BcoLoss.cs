using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Binary classifier optimisation: Jung et al. 2024, arXiv:2404.04656, Eq. 12, with its moving δ and the density ratio of Section 3.3.</summary>
public static class BcoLoss
{
    /// <summary>−log σ(r − δ) where the response is desirable, −w·log σ(−(r − δ)) where not; r = β(log π − log π_ref).</summary>
    /// <param name="policy">log π, [B], summed over tokens, with gradient.</param>
    /// <param name="reference">log π_ref, [B], without gradient.</param>
    /// <param name="desirable">[B], boolean.</param>
    /// <param name="beta">β &gt; 0; 0.1 in TRL.</param>
    /// <param name="delta">δ, a scalar: the mean of all rewards so far (<see cref="RunningMoments"/>).</param>
    /// <param name="weights">w of every response, [B], used where it is undesirable; null for 1.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ, δ is no scalar, the reference or δ carries gradient, or β is not positive.</exception>
    public static Tensor Compute(Tensor policy, Tensor reference, Tensor desirable, double beta, Tensor delta, Tensor? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        TensorGuard.Vector(policy);
        TensorGuard.SameShape(policy, reference);
        TensorGuard.Mask(policy, desirable);
        TensorGuard.NoGrad(reference);
        TensorGuard.Scalar(delta);
        TensorGuard.NoGrad(delta);

        using var scope = NewDisposeScope();
        var centred = beta * (policy - reference) - delta; // [B]
        var undesirable = -nn.functional.logsigmoid(-centred);
        if (weights is not null)
        {
            TensorGuard.SameShape(policy, weights);
            undesirable = weights * undesirable;
        }

        return where(desirable, -nn.functional.logsigmoid(centred), undesirable).MoveToOuterDisposeScope();
    }

    /// <summary>w = clip(p / (1 − p + 1e-8), low, high), with p the probability that a prompt comes from the desirable ones.</summary>
    /// <param name="probabilities">p, any shape, in [0, 1].</param>
    /// <param name="low">0.5 in TRL.</param>
    /// <param name="high">10 in TRL.</param>
    /// <returns>Same shape, owned by the caller's dispose scope.</returns>
    public static Tensor DensityRatio(Tensor probabilities, double low = 0.5, double high = 10)
    {
        using var scope = NewDisposeScope();
        return (probabilities / (1 - probabilities + 1e-8)).clamp((Scalar)low, (Scalar)high).MoveToOuterDisposeScope();
    }
}
