namespace Alignment.Training.Loops;

/// <summary>The number type of weights in a model folder.</summary>
public enum StoredPrecision
{
    /// <summary>32-bit floats: what was trained, to the last bit.</summary>
    Fp32,

    /// <summary>bfloat16: half the size, 8 bits of precision.</summary>
    Bf16,

    /// <summary>IEEE half precision: half the size, 11 bits of precision, nothing beyond 65504.</summary>
    Fp16,
}
