using static TorchSharp.torch;

namespace Alignment.Training.Loops;

/// <summary>The number type of the matrix products; weights and optimizer state stay in fp32.</summary>
public enum ComputePrecision
{
    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>bfloat16 products of fp32 weights.</summary>
    Bf16,
}

/// <summary>What a model calls the precision.</summary>
public static class ComputePrecisions
{
    /// <summary>The tensor type of the matrix products.</summary>
    /// <param name="precision">The option.</param>
    /// <returns>Float32 or BFloat16.</returns>
    public static ScalarType ToScalarType(this ComputePrecision precision) =>
        precision == ComputePrecision.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
}
