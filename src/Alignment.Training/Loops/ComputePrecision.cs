namespace Alignment.Training.Loops;

/// <summary>The number type of the matrix products; weights and optimizer state stay in fp32.</summary>
public enum ComputePrecision
{
    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>bfloat16 products of fp32 weights.</summary>
    Bf16,
}
