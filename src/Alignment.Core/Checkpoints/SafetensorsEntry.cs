namespace Alignment.Core.Checkpoints;

/// <summary>One tensor of a safetensors file: where it lies and how it is to be read.</summary>
/// <param name="Name">The key, for instance <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The sizes of the dimensions; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the start of the data part.</param>
/// <param name="End">One past the last byte, counted from the start of the data part.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsType Type, long[] Shape, long Begin, long End)
{
    /// <summary>Size in bytes.</summary>
    public long ByteCount => End - Begin;

    /// <summary>Bytes of one element of <paramref name="type"/>.</summary>
    internal static int ElementSize(SafetensorsType type) => type switch
    {
        SafetensorsType.BOOL or SafetensorsType.U8 or SafetensorsType.I8 => 1,
        SafetensorsType.I16 or SafetensorsType.F16 or SafetensorsType.BF16 => 2,
        SafetensorsType.I32 or SafetensorsType.F32 => 4,
        _ => 8,
    };
}
