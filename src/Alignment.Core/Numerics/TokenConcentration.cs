using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>How concentrated the next token's distribution is, chunk by chunk: the vocabulary's logits exist for one chunk of rows at a time.</summary>
public static class TokenConcentration
{
    /// <summary>log Σ_v p(v)² = log Σ e^{2z} − 2·log Σ e^z at each row: the log-probability that two draws are the same token.</summary>
    /// <param name="hidden">[N, D]: hidden states of the positions that count.</param>
    /// <param name="weight">[V, D]: the output layer.</param>
    /// <param name="bias">[V], or null.</param>
    /// <param name="chunk">Rows at a time.</param>
    /// <param name="computeType">Type of the matrix products; null = the weight's.</param>
    /// <param name="softCap">As in <see cref="TokenLogProbs.Compute"/>.</param>
    /// <returns>[N], float64, without gradient; belongs to the caller's dispose scope.</returns>
    public static Tensor LogSumSquares(
        Tensor hidden, Tensor weight, Tensor? bias = null, long chunk = TokenLogProbs.DefaultChunk, ScalarType? computeType = null, double? softCap = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var type = computeType ?? weight.dtype;
        var matrix = weight.to(type); // [V, D]
        var count = hidden.size(0);
        var result = empty([count], dtype: ScalarType.Float64, device: hidden.device);
        for (long from = 0; from < count; from += chunk)
        {
            using var inner = NewDisposeScope();
            var length = Math.Min(chunk, count - from);
            var logits = VocabularyLogits.Of(hidden.narrow(0, from, length).to(type), matrix, bias, temperature: 1, softCap); // [n, V]
            var total = logits.logsumexp(1);
            result.narrow(0, from, length).copy_((2 * logits).logsumexp(1) - 2 * total);
        }

        return result.MoveToOuterDisposeScope();
    }
}
