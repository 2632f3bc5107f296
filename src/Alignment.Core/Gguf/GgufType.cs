namespace Alignment.Core.Gguf;

/// <summary>Element types of a GGUF tensor that can be read and written; the numbers are the file format's own.</summary>
public enum GgufType
{
    /// <summary>IEEE single precision.</summary>
    F32 = 0,

    /// <summary>IEEE half precision.</summary>
    F16 = 1,

    /// <summary>Blocks of 32 signed bytes with one scale; see <see cref="Q8Blocks"/>.</summary>
    Q8_0 = 8,

    /// <summary>bfloat16: the upper half of an F32.</summary>
    BF16 = 30,
}
