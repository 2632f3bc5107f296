using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// log p(target) = z[target] − log Σ exp(z), with z = cap(W·h + b) / temperature, for the rows that count. The one function behind every
/// loss, reference and evaluation: the vocabulary's logits exist for one chunk of rows at a time, forward and backward.
/// </summary>
public static class TokenLogProbs
{
    /// <summary>Rows whose logits exist at once when no other number is given.</summary>
    public const long DefaultChunk = 1024;

    /// <summary>Log-probabilities of given tokens, in nats, differentiable in the hidden states, the weight and the bias.</summary>
    /// <param name="hidden">[N, D]: hidden states of the positions that count, each the one that predicts its target.</param>
    /// <param name="weight">[V, D]: the output layer.</param>
    /// <param name="targets">[N] Int64, each in [0, V).</param>
    /// <param name="temperature">Above 0; divides the logits.</param>
    /// <param name="bias">[V], or null.</param>
    /// <param name="chunk">Rows at a time; memory is chunk · V numbers.</param>
    /// <param name="computeType">Type of the matrix products (bfloat16 to halve their time); null = the weight's. Everything else is float32 or wider.</param>
    /// <param name="softCap">c, above 0: logits become c · tanh(logit / c), as Gemma 2 does; null = they stay.</param>
    /// <returns>[N] in the hidden states' type; belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes, types, temperature, chunk or cap that do not fit.</exception>
    public static Tensor Compute(
        Tensor hidden, Tensor weight, Tensor targets, double temperature = 1.0, Tensor? bias = null, long chunk = DefaultChunk, ScalarType? computeType = null, double? softCap = null)
    {
        VocabularyLogits.Check(hidden, weight, targets, temperature, bias, chunk, softCap);
        var settings = new TokenLogProbsSettings(temperature, chunk, computeType ?? weight.dtype, softCap);
        return bias is null
            ? TokenLogProbsFunction.apply(hidden, weight, targets, settings)
            : TokenLogProbsFunction.apply(hidden, weight, targets, settings, bias);
    }
}
