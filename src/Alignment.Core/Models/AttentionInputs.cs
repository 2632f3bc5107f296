using Alignment.Core.Kernels;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>What attention needs besides the hidden states; made once per forward pass for all layers of a kind.</summary>
internal sealed class AttentionInputs
{
    /// <summary>
    /// Added to the scores: 0 where a query sees a key, a large negative number elsewhere. Broadcasts to [B·K, G·T, S]; null when every query sees every key.
    /// For the one operator (<see cref="ComputeMode.ScaledDotProduct"/>) it is [T, S] or [B, T, S], and null also where several queries see the keys up to themselves.
    /// </summary>
    public Tensor? Mask { get; init; }

    /// <summary>Cosines, broadcast to [B, T, heads, rotary size / 2]; null without rotary positions.</summary>
    public Tensor? Cos { get; init; }

    /// <summary>Sines, of the same shape.</summary>
    public Tensor? Sin { get; init; }

    /// <summary>Who sees whom, with the angles, where the fused kernel runs; mask and angles above are null then.</summary>
    public SequenceGroups? Groups { get; init; }

    /// <summary>Where keys and values of earlier tokens lie; null outside of generation.</summary>
    public KvCache? Cache { get; init; }
}
