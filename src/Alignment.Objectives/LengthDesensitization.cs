using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>LD-DPO: Liu et al. 2024, arXiv:2409.06411, Eq. 11: what a response says past the length of the shorter one counts less.</summary>
public static class LengthDesensitization
{
    /// <summary>1 for the first min(|y_w|, |y_l|) tokens of each response of a pair, α past them.</summary>
    /// <param name="mask">[2B, T], boolean: response tokens, the chosen responses first.</param>
    /// <param name="alpha">α in [0, 1]; 1 is DPO.</param>
    /// <returns>[2B, T], float64; 0 outside the mask. Owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">An odd number of rows, or α outside [0, 1].</exception>
    public static Tensor TokenWeights(Tensor mask, double alpha)
    {
        CheckAlpha(alpha);
        if (mask.dim() != 2 || mask.size(0) % 2 != 0)
        {
            throw new ArgumentException($"mask must be [2B, T], got [{string.Join(", ", mask.shape)}]", nameof(mask));
        }

        using var scope = NewDisposeScope();
        var positions = mask.to_type(ScalarType.Int64).cumsum(1);          // [2B, T], from 1 within a response
        var lengths = mask.to_type(ScalarType.Int64).sum(dim: 1).chunk(2); // 2 × [B]
        var shared = minimum(lengths[0], lengths[1]);
        var tail = positions.gt(cat([shared, shared]).unsqueeze(1)); // [2B, T]
        return (tail.to_type(ScalarType.Float64) * (alpha - 1) + 1).masked_fill(mask.logical_not(), 0).MoveToOuterDisposeScope();
    }

    /// <summary>The same weights of one response, token by token.</summary>
    /// <param name="length">Tokens of the response.</param>
    /// <param name="otherLength">Tokens of the other response of the pair.</param>
    /// <param name="alpha">α in [0, 1].</param>
    /// <returns>One number a token.</returns>
    public static IEnumerable<double> TokenWeights(int length, int otherLength, double alpha)
    {
        CheckAlpha(alpha);
        return Enumerable.Range(0, length).Select(token => token < otherLength ? 1 : alpha);
    }

    private static void CheckAlpha(double alpha)
    {
        if (alpha is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "must be in [0, 1]");
        }
    }
}
