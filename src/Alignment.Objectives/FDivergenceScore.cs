using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>f-DPO's score of a log-ratio: f′(π/π_ref) without its constant, Wang et al. 2023, arXiv:2309.16240, Theorem 1 and Table 1.</summary>
public static class FDivergenceScore
{
    private const double LargestExponent = 80; // TRL's bound, so that float32 can hold the result

    /// <summary>s(h), with h = log π − log π_ref.</summary>
    /// <param name="logRatios">h, any shape, in nats.</param>
    /// <param name="divergence">f.</param>
    /// <param name="alpha">α of the α-divergence; TRL's default is 0.5.</param>
    /// <returns>Same shape, owned by the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor logRatios, FDivergence divergence, double alpha = 0.5)
    {
        using var scope = NewDisposeScope();
        var score = divergence switch
        {
            FDivergence.ReverseKl => logRatios.alias(),
            FDivergence.ForwardKl => -(-logRatios).exp(),
            FDivergence.JsDivergence => nn.functional.logsigmoid(logRatios),
            FDivergence.AlphaDivergence when Math.Abs(alpha - 1) < 1e-6 => logRatios.alias(),
            FDivergence.AlphaDivergence => ((alpha - 1) * logRatios).clamp(max: (Scalar)LargestExponent).exp() / (alpha - 1),
            _ => throw new ArgumentOutOfRangeException(nameof(divergence), divergence, "unknown divergence"),
        };
        return score.MoveToOuterDisposeScope();
    }
}
