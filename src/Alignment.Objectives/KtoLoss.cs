using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Kahneman-Tversky optimisation: Ethayarajh et al. 2024, arXiv:2402.01306, Eq. 7 and 8; its form without KL is D'Oosterlinck et al. 2024, arXiv:2408.06266, Eq. 7 unpaired.</summary>
public static class KtoLoss
{
    /// <summary>λ_D·(1 − σ(β(h − z))) where the response is desirable, λ_U·(1 − σ(β(z − h))) where not; h = log π − log π_ref.</summary>
    /// <param name="policy">log π, [B], summed over tokens, with gradient.</param>
    /// <param name="reference">log π_ref, [B], without gradient.</param>
    /// <param name="desirable">[B], boolean.</param>
    /// <param name="beta">β &gt; 0; 0.1 in TRL and in the paper.</param>
    /// <param name="kl">z ≥ 0, a scalar without gradient, in nats per response: <see cref="KlEstimate"/>; null for 0, as apo_zero_unpaired has it.</param>
    /// <param name="desirableWeight">λ_D; 1 in TRL. The paper wants λ_D·n_D / (λ_U·n_U) in [1, 4/3].</param>
    /// <param name="undesirableWeight">λ_U.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ, z is no scalar, the reference or z carries gradient, or β is not positive.</exception>
    public static Tensor Compute(
        Tensor policy, Tensor reference, Tensor desirable, double beta, Tensor? kl = null, double desirableWeight = 1, double undesirableWeight = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(beta);
        TensorGuard.Vector(policy);
        TensorGuard.SameShape(policy, reference);
        TensorGuard.Mask(policy, desirable);
        TensorGuard.NoGrad(reference);
        if (kl is not null)
        {
            TensorGuard.Scalar(kl);
            TensorGuard.NoGrad(kl);
        }

        using var scope = NewDisposeScope();
        var distance = policy - reference;
        var advantage = beta * (kl is null ? distance : distance - kl); // [B]
        return where(desirable, desirableWeight * (1 - advantage.sigmoid()), undesirableWeight * (1 - (-advantage).sigmoid())).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// z = max(0, mean(log π − log π_ref)) of prompts with responses that belong to other prompts of the batch (Section 4.1): TRL moves the
    /// responses on by one.
    /// </summary>
    /// <param name="policy">log π(y' | x), [B], summed over tokens.</param>
    /// <param name="reference">log π_ref(y' | x), [B].</param>
    /// <returns>z, a scalar without gradient, in nats per response; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static Tensor KlEstimate(Tensor policy, Tensor reference)
    {
        TensorGuard.SameShape(policy, reference);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return (policy - reference).mean().clamp(min: (Scalar)0).MoveToOuterDisposeScope();
    }
}
