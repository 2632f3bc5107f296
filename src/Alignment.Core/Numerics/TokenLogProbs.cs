using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// log p(target) = z[target] − log Σ exp(z), with z = cap(W·h + b) / temperature, for the rows that count. The one function behind every
/// loss, reference and evaluation: the vocabulary's logits are made for one chunk of rows at a time, and of all chunks at most 256 MiB stay.
/// </summary>
public static class TokenLogProbs
{
    /// <summary>Most rows whose logits are made at once without gradient when no other number is given.</summary>
    public const long DefaultChunk = 1024;

    /// <summary>Logits that stay from the forward to the backward pass, which would make them again: a product with the vocabulary less for each.</summary>
    internal const long KeptBytes = 256 << 20;

    /// <summary>Fewer rows at a time would cost more than they save.</summary>
    private const long LeastChunk = 64;

    /// <summary>Log-probabilities of given tokens, in nats, differentiable in the hidden states, the weight and the bias.</summary>
    /// <param name="hidden">[N, D]: hidden states of the positions that count, each the one that predicts its target.</param>
    /// <param name="weight">[V, D]: the output layer.</param>
    /// <param name="targets">[N] Int64, each in [0, V).</param>
    /// <param name="temperature">Above 0; divides the logits.</param>
    /// <param name="bias">[V], or null.</param>
    /// <param name="chunk">Rows at a time; null: as many as fit into 256 MiB.</param>
    /// <param name="computeType">Type of the matrix products (bfloat16 to halve their time); null = the weight's. Everything else is float32 or wider.</param>
    /// <param name="softCap">c, above 0: logits become c · tanh(logit / c), as Gemma 2 does; null = they stay.</param>
    /// <returns>[N] in the hidden states' type; belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">Shapes, types, temperature, chunk or cap that do not fit.</exception>
    public static Tensor Compute(
        Tensor hidden, Tensor weight, Tensor targets, double temperature = 1.0, Tensor? bias = null, long? chunk = null, ScalarType? computeType = null, double? softCap = null)
    {
        return Apply(hidden, weight, targets, temperature, bias, chunk, computeType, softCap, withStatistics: false)[0];
    }

    /// <summary>The same together with what the metrics say about the targets: the logits are made once for both.</summary>
    /// <inheritdoc cref="Compute"/>
    /// <returns>[N] each; the log-probs have a gradient, the others none.</returns>
    public static TokenStatistics ComputeWithStatistics(
        Tensor hidden, Tensor weight, Tensor targets, double temperature = 1.0, Tensor? bias = null, long? chunk = null, ScalarType? computeType = null, double? softCap = null)
    {
        var results = Apply(hidden, weight, targets, temperature, bias, chunk, computeType, softCap, withStatistics: true);
        return new TokenStatistics(results[0], results[1], results[2], results[3]);
    }

    /// <summary>Rows whose logits fit into what may be kept; where nothing is kept, no more than are of use.</summary>
    private static long Fitting(Tensor weight, ScalarType type, bool hasBackward)
    {
        var fitting = Fitting(weight.size(0), type == ScalarType.BFloat16 ? 2 : weight.element_size());
        return hasBackward ? fitting : Math.Min(DefaultChunk, fitting);
    }

    /// <summary>Rows whose logits fit into what may be kept.</summary>
    /// <param name="vocabulary">V.</param>
    /// <param name="bytes">Of a number.</param>
    internal static long Fitting(long vocabulary, long bytes) => Math.Max(LeastChunk, KeptBytes / Math.Max(1, vocabulary * bytes));

    private static List<Tensor> Apply(
        Tensor hidden, Tensor weight, Tensor targets, double temperature, Tensor? bias, long? chunk, ScalarType? computeType, double? softCap, bool withStatistics)
    {
        VocabularyLogits.Check(hidden, weight, targets, temperature, bias, chunk ?? DefaultChunk, softCap);
        var hasBackward = is_grad_enabled() && (hidden.requires_grad || weight.requires_grad || bias is { requires_grad: true });
        var settings = new TokenLogProbsSettings(
            temperature, chunk ?? Fitting(weight, computeType ?? weight.dtype, hasBackward), computeType ?? weight.dtype, softCap, hasBackward ? KeptBytes : 0, withStatistics);
        return bias is null
            ? TokenLogProbsFunction.apply(hidden, weight, targets, settings)
            : TokenLogProbsFunction.apply(hidden, weight, targets, settings, bias);
    }
}
