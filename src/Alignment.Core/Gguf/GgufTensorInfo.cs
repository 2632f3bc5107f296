namespace Alignment.Core.Gguf;

/// <summary>One tensor of a GGUF file: where it lies and how it is to be read.</summary>
/// <param name="Name">The key, for instance <c>blk.0.attn_q.weight</c>.</param>
/// <param name="Shape">Sizes as torch has them, outermost first; the file has them the other way round.</param>
/// <param name="TypeNumber">The element type's number in the format; see <see cref="GgufType"/> for those that can be loaded.</param>
/// <param name="Offset">First byte, counted from the start of the data part.</param>
public sealed record GgufTensorInfo(string Name, long[] Shape, uint TypeNumber, long Offset)
{
    /// <summary>The element type's name, such as <c>F16</c> or <c>Q4_K</c>.</summary>
    public string TypeName => GgufLayout.TypeName(TypeNumber);

    /// <summary>Size in bytes; null for a type that is not known here.</summary>
    public long? ByteCount => GgufLayout.ByteCount(TypeNumber, Shape);
}
