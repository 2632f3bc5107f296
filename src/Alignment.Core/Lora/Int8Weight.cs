using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>w ≈ s · q with q from −127 to 127 and s = max|w| / 127 of the row.</summary>
internal sealed class Int8Weight : QuantizedWeight
{
    private const double Largest = 127;

    private readonly Tensor _codes;  // [out, in] uint8, q + 127
    private readonly Tensor _scales; // [out, 1]

    public Int8Weight(Tensor matrix)
    {
        var largest = matrix.abs().max(1, keepdim: true).values; // [out, 1]
        _scales = Held(largest / Largest);
        _codes = Held(Codes(matrix, largest));
    }

    public override Tensor Dequantize()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        return Values(_codes).mul_(_scales).MoveToOuterDisposeScope();
    }

    /// <summary>⌊127 · x / largest⌉ + 127 as uint8; 127 where all is zero.</summary>
    internal static Tensor Codes(Tensor x, Tensor largest)
    {
        var divisor = largest.masked_fill(largest == 0, 1);
        return (x / divisor).mul_(Largest).add_(Largest + 0.5).to(ScalarType.Byte); // the conversion cuts the fraction off
    }

    /// <summary>q as float32.</summary>
    internal static Tensor Values(Tensor codes) => codes.to(ScalarType.Float32).sub_(Largest);
}
