using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A tensor in a binary stream, as the real library writes it: type, rank and sizes in LEB128, then the bytes.</summary>
internal static class TensorStream
{
    private const int PartLength = 1 << 30;

    internal static void Save(Tensor tensor, BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        var local = tensor.detach().cpu().contiguous();
        writer.Write7BitEncodedInt64((long)local.dtype);
        writer.Write7BitEncodedInt64(local.shape.Length);
        foreach (var size in local.shape)
        {
            writer.Write7BitEncodedInt64(size);
        }

        writer.Flush();
        foreach (var (start, length) in Parts(local))
        {
            writer.BaseStream.Write(Bytes(local, start, length));
        }
    }

    /// <summary>Reads into <paramref name="tensor"/>, whose type and shape must be the saved ones.</summary>
    internal static void Load(Tensor tensor, BinaryReader reader)
    {
        var type = (ScalarType)reader.Read7BitEncodedInt64();
        var shape = new long[reader.Read7BitEncodedInt64()];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = reader.Read7BitEncodedInt64();
        }

        if (type != tensor.dtype || !shape.AsSpan().SequenceEqual(tensor.shape))
        {
            throw new ArgumentException(
                $"The saved tensor is {type} [{string.Join(", ", shape)}], the one to fill {tensor.dtype} [{string.Join(", ", tensor.shape)}].");
        }

        using var gradless = no_grad();
        using var scope = NewDisposeScope();
        var local = empty(shape, dtype: type);
        foreach (var (start, length) in Parts(local))
        {
            reader.BaseStream.ReadExactly(Bytes(local, start, length));
        }

        tensor.copy_(local);
    }

    // A span cannot hold a tensor of 2 GiB.
    private static IEnumerable<(long Start, int Length)> Parts(Tensor tensor)
    {
        var total = tensor.numel() * tensor.element_size();
        for (long start = 0; start < total; start += PartLength)
        {
            yield return (start, (int)Math.Min(PartLength, total - start));
        }
    }

    private static unsafe Span<byte> Bytes(Tensor tensor, long start, int length) => new((byte*)tensor.DataPointer() + start, length);
}
