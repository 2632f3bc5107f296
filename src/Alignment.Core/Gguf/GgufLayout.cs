namespace Alignment.Core.Gguf;

/// <summary>
/// What a GGUF file is made of: magic, version, counts, metadata (key, kind, value), tensor infos, then the tensors, each aligned.
/// Little-endian throughout. Source: github.com/ggml-org/ggml, docs/gguf.md.
/// </summary>
internal static class GgufLayout
{
    /// <summary>"GGUF" as the first four bytes.</summary>
    public const uint Magic = 0x46554747;

    /// <summary>The version written; 2 differs in nothing that is used here.</summary>
    public const uint Version = 3;

    /// <summary>Where tensors begin, in bytes, unless the file says otherwise under <see cref="AlignmentKey"/>.</summary>
    public const int Alignment = 32;

    public const string AlignmentKey = "general.alignment";

    /// <summary>Kinds of metadata values, by the format's numbers.</summary>
    public enum Kind
    {
        UInt8, Int8, UInt16, Int16, UInt32, Int32, Float32, Bool, String, Array, UInt64, Int64, Float64,
    }

    // Elements and bytes of a block, by type number: what is needed to know a tensor's size. Types that are left out are older or rarer.
    private static readonly Dictionary<uint, (string Name, int Elements, int Bytes)> Types = new()
    {
        [0] = ("F32", 1, 4),
        [1] = ("F16", 1, 2),
        [2] = ("Q4_0", 32, 18),
        [3] = ("Q4_1", 32, 20),
        [6] = ("Q5_0", 32, 22),
        [7] = ("Q5_1", 32, 24),
        [8] = ("Q8_0", 32, 34),
        [10] = ("Q2_K", 256, 84),
        [11] = ("Q3_K", 256, 110),
        [12] = ("Q4_K", 256, 144),
        [13] = ("Q5_K", 256, 176),
        [14] = ("Q6_K", 256, 210),
        [24] = ("I8", 1, 1),
        [25] = ("I16", 1, 2),
        [26] = ("I32", 1, 4),
        [27] = ("I64", 1, 8),
        [28] = ("F64", 1, 8),
        [30] = ("BF16", 1, 2),
    };

    public static string TypeName(uint type) => Types.TryGetValue(type, out var known) ? known.Name : $"type {type}";

    /// <summary>Bytes of a tensor whose rows (innermost dimension) are stored in whole blocks; null for an unknown type.</summary>
    /// <exception cref="InvalidDataException">A row is no whole number of blocks, or the size is beyond any file.</exception>
    public static long? ByteCount(uint type, ReadOnlySpan<long> shape)
    {
        if (!Types.TryGetValue(type, out var known))
        {
            return null;
        }

        if (shape.Length > 0 && shape[^1] % known.Elements != 0)
        {
            throw new InvalidDataException($"rows of {shape[^1]} elements are no whole number of {known.Name} blocks of {known.Elements}");
        }

        Int128 elements = 1;
        foreach (var size in shape)
        {
            elements *= size;
            if (elements > long.MaxValue)
            {
                throw new InvalidDataException($"the shape [{string.Join(", ", shape.ToArray())}] is larger than any file");
            }
        }

        var bytes = elements / known.Elements * known.Bytes;
        return bytes <= long.MaxValue ? (long)bytes : throw new InvalidDataException($"the shape [{string.Join(", ", shape.ToArray())}] is larger than any file");
    }

    public static long ByteCount(GgufType type, ReadOnlySpan<long> shape) => ByteCount((uint)type, shape)!.Value;

    /// <summary>The next multiple of the alignment.</summary>
    public static long Align(long position, int alignment = Alignment) => (position + alignment - 1) / alignment * alignment;

    /// <summary>Bytes of one value of a kind; null for strings and arrays.</summary>
    public static int? Size(Kind kind) => kind switch
    {
        Kind.UInt8 or Kind.Int8 or Kind.Bool => 1,
        Kind.UInt16 or Kind.Int16 => 2,
        Kind.UInt32 or Kind.Int32 or Kind.Float32 => 4,
        Kind.UInt64 or Kind.Int64 or Kind.Float64 => 8,
        _ => null,
    };
}
