using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>The reward model's loss on ratings: least squares (lm-human-preferences' ScalarRating; HelpSteer, arXiv:2311.09528).</summary>
public static class RatingLoss
{
    /// <summary>(r − y)².</summary>
    /// <param name="rewards">r, [B], with gradient.</param>
    /// <param name="ratings">y, [B].</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public static Tensor Compute(Tensor rewards, Tensor ratings)
    {
        TensorGuard.Vector(rewards);
        TensorGuard.SameShape(rewards, ratings);
        using var scope = NewDisposeScope();
        return (rewards - ratings).square().MoveToOuterDisposeScope();
    }
}
