using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>The divergence of two models' next-token distributions, chunk by chunk: the vocabulary's logits exist for one chunk of rows at a time.</summary>
public static class TokenDivergence
{
    /// <summary>KL(p ‖ q) = Σ_v p(v)·(log p(v) − log q(v)) at each row.</summary>
    /// <param name="p">Of N rows.</param>
    /// <param name="q">Of the same N rows; the vocabulary is the same, the width may be another.</param>
    /// <param name="temperature">Above 0; divides the logits of both.</param>
    /// <param name="chunk">Rows at a time; null: as many as fit into 256 MiB.</param>
    /// <returns>[N], of the hidden states' type, without gradient; belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Rows or vocabularies that differ, or a temperature that is not above 0.</exception>
    public static Tensor Compute(NextTokens p, NextTokens q, double temperature = 1, long? chunk = null)
    {
        var (rows, vocabulary) = (p.Hidden.size(0), p.Weight.size(0));
        if (q.Hidden.size(0) != rows || q.Weight.size(0) != vocabulary || !(temperature > 0))
        {
            throw new ArgumentException($"Expected {rows} rows over {vocabulary} tokens in both and a temperature above 0, got {q.Hidden.size(0)} rows over {q.Weight.size(0)} tokens and {temperature}.", nameof(q));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (first, second) = (p.Weight.to(p.ComputeType), q.Weight.to(q.ComputeType)); // [V, D]
        var atOnce = chunk ?? Math.Min(TokenLogProbs.DefaultChunk, TokenLogProbs.Fitting(vocabulary, 4 * sizeof(float)));
        var result = empty([rows], dtype: p.Hidden.dtype, device: p.Hidden.device);
        for (long from = 0; from < rows; from += atOnce)
        {
            using var inner = NewDisposeScope();
            var count = Math.Min(atOnce, rows - from);
            var own = p.LogProbs(first, from, count, temperature);                      // [n, V]
            var difference = own - q.LogProbs(second, from, count, temperature);
            result.narrow(0, from, count).copy_((own.exp_() * difference).sum([-1]));
        }

        return result.MoveToOuterDisposeScope();
    }
}
