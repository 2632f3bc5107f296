using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>
/// The reward model's loss on pairs: Bradley and Terry 1952 as in Ouyang et al. 2022 (InstructGPT), arXiv:2203.02155, Eq. 1,
/// with Llama 2's margin (arXiv:2307.09288, Eq. 2) and the centring term of Eisenstein et al. 2023, arXiv:2312.09244, Eq. 2.
/// </summary>
public static class BradleyTerryLoss
{
    /// <summary>
    /// L = −y·log σ(r_w − r_l − m) − (1 − y)·log σ(r_l − r_w − m) + c·(r_w + r_l)².
    /// With y = 1 (the default) this is TRL's loss; a tie, y = ½, pulls the two rewards together.
    /// </summary>
    /// <param name="chosen">[B], r_w, with gradient.</param>
    /// <param name="rejected">[B], r_l, with gradient.</param>
    /// <param name="margins">[B], m, or null for none.</param>
    /// <param name="labels">[B], y in [0, 1], the probability that the chosen response is better; null for 1.</param>
    /// <param name="centerCoefficient">c ≥ 0; TRL's documentation suggests 0.01.</param>
    /// <returns>[B], with gradient, owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ or the coefficient is negative.</exception>
    public static Tensor Compute(
        Tensor chosen,
        Tensor rejected,
        Tensor? margins = null,
        Tensor? labels = null,
        double centerCoefficient = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(centerCoefficient);
        TensorGuard.Vector(chosen);
        TensorGuard.SameShape(chosen, rejected);

        using var scope = NewDisposeScope();
        var difference = chosen - rejected; // [B]
        var losses = -nn.functional.logsigmoid(margins is null ? difference : difference - margins);
        if (labels is not null)
        {
            TensorGuard.SameShape(chosen, labels);
            var flipped = -nn.functional.logsigmoid(margins is null ? -difference : -difference - margins);
            losses = labels * losses + (1 - labels) * flipped;
        }

        if (centerCoefficient > 0)
        {
            losses += centerCoefficient * (chosen + rejected).square();
        }

        return losses.MoveToOuterDisposeScope();
    }
}
