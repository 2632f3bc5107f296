using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Cosines and sines of the rotary angles, grown to the longest sequence that was seen.</summary>
internal sealed class RotaryTable(ModelConfig config, Device device) : IDisposable
{
    private const int SmallestLength = 256;

    private Tensor? _cos;
    private Tensor? _sin;

    /// <summary>The factors of consecutive positions, in the given type; <see cref="Grow"/> comes first.</summary>
    /// <returns>cos and sin, each [T, 1, head size / 2], owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) Range(long start, long time, ScalarType type)
    {
        return (Part(_cos!), Part(_sin!));

        Tensor Part(Tensor table) => table.narrow(0, start, time).unsqueeze(1).to(type);
    }

    /// <summary>The factors of given positions, in the given type; <see cref="Grow"/> comes first.</summary>
    /// <param name="positions">[B, T] Int64.</param>
    /// <param name="type">Of queries and keys.</param>
    /// <returns>cos and sin, each [B, T, 1, head size / 2], owned by the caller's scope.</returns>
    public (Tensor Cos, Tensor Sin) At(Tensor positions, ScalarType type)
    {
        var flat = positions.reshape(-1); // [B·T]
        return (Part(_cos!), Part(_sin!));

        Tensor Part(Tensor table) => table.index_select(0, flat).view(positions.size(0), positions.size(1), 1, -1).to(type);
    }

    public void Dispose()
    {
        _cos?.Dispose();
        _sin?.Dispose();
    }

    /// <summary>Makes the table reach at least this many positions.</summary>
    public void Grow(long length)
    {
        if (_cos is not null && _cos.size(0) >= length)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var rows = Math.Max(length, Math.Max(SmallestLength, 2 * (_cos?.size(0) ?? 0)));

        // float32 throughout, as transformers computes them: files were trained with these very roundings.
        var frequencies = new float[config.HeadSize / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = 1 / MathF.Pow((float)config.RotaryBase, 2f * i / config.HeadSize);
        }

        var angles = arange(rows, dtype: ScalarType.Float32, device: device).unsqueeze(1) * tensor(frequencies, device: device); // [rows, hd/2]
        Dispose();
        _cos = angles.cos().DetachFromDisposeScope();
        _sin = angles.sin().DetachFromDisposeScope();
    }
}
