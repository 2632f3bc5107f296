using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>A frozen weight [out, in] in few bits. Nothing dense is kept beside it.</summary>
internal abstract class QuantizedWeight : IDisposable
{
    private readonly List<Tensor> _parts = [];

    /// <summary>Bytes held.</summary>
    public long Bytes => _parts.Sum(part => part.numel() * part.ElementSize);

    /// <summary>Quantises a weight.</summary>
    /// <param name="kind">Not <see cref="Quantization.None"/>.</param>
    /// <param name="matrix">[out, in] float32 of any strides; stays the caller's.</param>
    public static QuantizedWeight Of(Quantization kind, Tensor matrix)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return kind switch
        {
            Quantization.Nf4 => new Nf4Weight(matrix),
            Quantization.Int8 => new Int8Weight(matrix),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no quantisation"),
        };
    }

    /// <summary>The weight that the bits mean, [out, in] float32; belongs to the caller's dispose scope.</summary>
    public abstract Tensor Dequantize();

    /// <inheritdoc/>
    public void Dispose() => _parts.ForEach(part => part.Dispose());

    /// <summary>A tensor that lives as long as this.</summary>
    protected Tensor Held(Tensor part)
    {
        part.DetachFromDisposeScope();
        _parts.Add(part);
        return part;
    }
}
