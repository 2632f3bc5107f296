using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>Logits over the vocabulary for one chunk of rows.</summary>
internal static class VocabularyLogits
{
    /// <summary>Refuses inputs that cannot fit.</summary>
    /// <exception cref="ArgumentException">Names the input and what was expected.</exception>
    public static void Check(Tensor hidden, Tensor weight, Tensor targets, double temperature, Tensor? bias, long chunk, double? softCap)
    {
        if (hidden.dim() != 2 || weight.dim() != 2 || hidden.size(1) != weight.size(1))
        {
            throw new ArgumentException($"Expected hidden states [N, D] and a weight [V, D], got [{string.Join(", ", hidden.shape)}] and [{string.Join(", ", weight.shape)}].", nameof(hidden));
        }

        if (targets.dim() != 1 || targets.size(0) != hidden.size(0) || targets.dtype != ScalarType.Int64)
        {
            throw new ArgumentException($"Expected Int64 targets [{hidden.size(0)}], one per row of hidden states, got {targets.dtype} [{string.Join(", ", targets.shape)}].", nameof(targets));
        }

        if (bias is not null && (bias.dim() != 1 || bias.size(0) != weight.size(0)))
        {
            throw new ArgumentException($"Expected a bias [{weight.size(0)}], got [{string.Join(", ", bias.shape)}].", nameof(bias));
        }

        if (!(temperature > 0) || chunk < 1 || softCap <= 0)
        {
            throw new ArgumentException($"The temperature must be above 0, the chunk at least 1 and a cap above 0, got {temperature}, {chunk} and {softCap}.", nameof(temperature));
        }
    }

    /// <summary>z = cap(h · Wᵀ + b) / temperature.</summary>
    /// <param name="rows">[n, D] in the compute type.</param>
    /// <param name="weight">[V, D] in the compute type.</param>
    /// <param name="bias">[V], or null.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <param name="softCap">c in cap(x) = c · tanh(x / c); null = x.</param>
    /// <returns>[n, V], float32 or wider; a fresh buffer that may be written over.</returns>
    public static Tensor Of(Tensor rows, Tensor weight, Tensor? bias, double temperature, double? softCap)
    {
        var logits = rows.mm(weight.t()); // [n, V]
        if (logits.dtype is ScalarType.BFloat16 or ScalarType.Float16)
        {
            logits = logits.to(ScalarType.Float32);
        }

        if (bias is not null)
        {
            logits.add_(bias);
        }

        if (softCap is { } cap)
        {
            logits = logits.div_(cap).tanh().mul_(cap);
        }

        return temperature == 1 ? logits : logits.div_(temperature);
    }

    /// <summary>cap′ at the logits that <see cref="Of"/> gave: 1 − (z · temperature / c)².</summary>
    /// <returns>[n, V].</returns>
    public static Tensor CapSlope(Tensor logits, double temperature, double cap) => (logits * (temperature / cap)).square().neg_().add_(1);
}
