using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Cosines and sines of the rotary angles, grown to the longest sequence that was seen.</summary>
internal sealed class RotaryTable(RotaryFrequencies frequencies, Device device) : IDisposable
{
    private const int SmallestLength = 256;

    private Tensor? _cos;
    private Tensor? _sin;
    private long _regime;

    /// <summary>Gives the angles.</summary>
    public RotaryFrequencies Frequencies => frequencies;

    /// <summary>The factors of consecutive positions, in the given type; <see cref="Grow"/> comes first.</summary>
    /// <returns>cos and sin, each [T, 1, rotary size / 2], owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) Range(long start, long time, ScalarType type)
    {
        return (Part(_cos!), Part(_sin!));

        Tensor Part(Tensor table) => table.narrow(0, start, time).unsqueeze(1).to(type);
    }

    /// <summary>The factors of given positions, in the given type; <see cref="Grow"/> comes first.</summary>
    /// <param name="positions">[B, T] Int64.</param>
    /// <param name="type">Of queries and keys.</param>
    /// <returns>cos and sin, each [B, T, 1, rotary size / 2], owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) At(Tensor positions, ScalarType type)
    {
        var flat = positions.reshape(-1); // [B·T]
        return (Part(_cos!), Part(_sin!));

        Tensor Part(Tensor table) => table.index_select(0, flat).view(positions.size(0), positions.size(1), 1, -1).to(type);
    }

    /// <summary>The factors of given positions where each row's own length decides about its angles.</summary>
    /// <param name="positions">[B, T] Int64.</param>
    /// <param name="lengths">Of the B sequences.</param>
    /// <param name="type">Of queries and keys.</param>
    /// <returns>cos and sin, each [B, T, 1, rotary size / 2], owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) At(Tensor positions, IReadOnlyList<int> lengths, ScalarType type)
    {
        var steps = stack([.. lengths.Select(length => tensor(frequencies.Of(frequencies.Regime(length)), device: device))]); // [B, r/2]
        var angles = positions.unsqueeze(2).to(ScalarType.Float32) * steps.unsqueeze(1); // [B, T, r/2]
        return (Part(angles.cos()), Part(angles.sin()));

        Tensor Part(Tensor table) => Scaled(table).unsqueeze(2).to(type);
    }

    public void Dispose()
    {
        _cos?.Dispose();
        _sin?.Dispose();
    }

    /// <summary>Makes the table that of sequences of this length, reaching at least as far.</summary>
    public void Grow(long length)
    {
        var regime = frequencies.Regime(length);
        if (_cos is not null && _cos.size(0) >= length && regime == _regime)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = _cos is not null && _cos.size(0) >= length ? _cos.size(0) : Math.Max(length, Math.Max(SmallestLength, 2 * (_cos?.size(0) ?? 0)));
        var angles = arange(rows, dtype: ScalarType.Float32, device: device).unsqueeze(1) * tensor(frequencies.Of(regime), device: device); // [rows, r/2]
        Dispose();
        _cos = Scaled(angles.cos()).DetachFromDisposeScope();
        _sin = Scaled(angles.sin()).DetachFromDisposeScope();
        _regime = regime;
    }

    private Tensor Scaled(Tensor table) => frequencies.AttentionFactor == 1 ? table : table.mul_(frequencies.AttentionFactor);
}
