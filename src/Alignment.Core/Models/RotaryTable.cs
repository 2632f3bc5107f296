using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Cosines and sines of the rotary angles: those of consecutive positions from a table, grown to the longest sequence that was seen.</summary>
internal sealed class RotaryTable(RotaryFrequencies frequencies, Device device) : IDisposable
{
    private const int SmallestLength = 256;

    private Tensor? _cos;
    private Tensor? _sin;
    private long _regime;

    /// <summary>Gives the angles.</summary>
    public RotaryFrequencies Frequencies => frequencies;

    /// <summary>The factors of consecutive positions.</summary>
    /// <param name="start">The first.</param>
    /// <param name="time">T.</param>
    /// <param name="length">Of the sequences, where that decides about the angles.</param>
    /// <param name="type">Of queries and keys.</param>
    /// <returns>cos and sin, each [T, 1, rotary size / 2], owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) Range(long start, long time, long length, ScalarType type)
    {
        Grow(start + time, frequencies.Regime(length));
        return (Part(_cos!), Part(_sin!));

        Tensor Part(Tensor table) => table.narrow(0, start, time).unsqueeze(1).to(type);
    }

    /// <summary>The factors of tokens that lie one after another, for angles that no length decides about.</summary>
    /// <param name="positions">[N] Int64.</param>
    /// <param name="length">Above every position.</param>
    /// <returns>cos and sin, each [N, rotary size / 2] float32, owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) Of(Tensor positions, long length)
    {
        Grow(length, frequencies.Regime(length));
        return (_cos!.index_select(0, positions), _sin!.index_select(0, positions));
    }

    /// <summary>The factors of given positions.</summary>
    /// <param name="positions">[B, T] Int64.</param>
    /// <param name="lengths">Of the B sequences, or one for all, where that decides about the angles.</param>
    /// <param name="type">Of queries and keys.</param>
    /// <returns>cos and sin, each [B, T, 1, rotary size / 2], owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) At(Tensor positions, IReadOnlyList<long> lengths, ScalarType type)
    {
        var regimes = lengths.Select(frequencies.Regime).ToArray();
        var known = regimes.Distinct().ToDictionary(regime => regime, frequencies.Of);
        var steps = tensor([.. regimes.SelectMany(regime => known[regime])], ScalarType.Float32).view(regimes.Length, -1).SentTo(device); // [B or 1, r/2]
        var angles = positions.unsqueeze(2).to(ScalarType.Float32) * steps.unsqueeze(1); // [B, T, r/2]
        return (Part(angles.cos()), Part(angles.sin()));

        Tensor Part(Tensor factors) => Scaled(factors).unsqueeze(2).to(type);
    }

    public void Dispose()
    {
        _cos?.Dispose();
        _sin?.Dispose();
    }

    private void Grow(long length, long regime)
    {
        var held = _cos?.size(0) ?? 0;
        if (held >= length && regime == _regime)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = held >= length ? held : Math.Max(length, Math.Max(SmallestLength, 2 * held));
        var angles = arange(rows, dtype: ScalarType.Float32, device: device).unsqueeze(1) * tensor(frequencies.Of(regime)).SentTo(device); // [rows, r/2]
        Dispose();
        _cos = Scaled(angles.cos()).DetachFromDisposeScope();
        _sin = Scaled(angles.sin()).DetachFromDisposeScope();
        _regime = regime;
    }

    private Tensor Scaled(Tensor factors) => frequencies.AttentionFactor == 1 ? factors : factors.mul_(frequencies.AttentionFactor);
}
