using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Alignment.Core.Checkpoints;
using static TorchSharp.torch;

namespace Alignment.Core.Gguf;

/// <summary>
/// Writes GGUF files, version 3: one tensor in memory at a time, each at a multiple of 32 bytes. The file is written aside, read back and
/// compared, flushed and renamed. The same input gives the same bytes.
/// </summary>
public static class GgufWriter
{
    /// <summary>Elements converted at once.</summary>
    private const long StepElements = 1L << 22;

    /// <summary>Writes the file.</summary>
    /// <param name="path">An older file is replaced; the folder must exist.</param>
    /// <param name="metadata">In the order to write: string, bool, uint, int, ulong, float, or arrays of string, int and float.</param>
    /// <param name="tensors">In the order to write.</param>
    /// <exception cref="ArgumentException">A value of another type, a name that is there twice, or a tensor whose rows do not fit its type.</exception>
    /// <exception cref="InvalidDataException">A tensor of another shape than announced, or numbers that its stored type cannot hold.</exception>
    /// <exception cref="IOException">Could not be written, or read back as something else; the old file is untouched.</exception>
    public static void Write(string path, IReadOnlyList<KeyValuePair<string, object>> metadata, IReadOnlyList<GgufTensor> tensors)
    {
        var header = Header(metadata, tensors);
        AtomicFile.Write(path, stream =>
        {
            stream.Write(header);
            var hashes = new List<byte[]>(tensors.Count);
            ReadOnlySpan<byte> padding = stackalloc byte[GgufLayout.Alignment];
            foreach (var tensor in tensors)
            {
                hashes.Add(WriteTensor(stream, tensor));
                stream.Write(padding[..(int)(GgufLayout.Align(stream.Position) - stream.Position)]);
            }

            ReadBack(stream, path, header, tensors, hashes);
        });
    }

    private static byte[] Header(IReadOnlyList<KeyValuePair<string, object>> metadata, IReadOnlyList<GgufTensor> tensors)
    {
        if (metadata.Select(pair => pair.Key).Concat(tensors.Select(tensor => tensor.Name)).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"'{twice.Key}' is there twice.");
        }

        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer); // little-endian
        writer.Write(GgufLayout.Magic);
        writer.Write(GgufLayout.Version);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Count);
        foreach (var (key, value) in metadata)
        {
            WriteText(writer, key);
            WriteValue(writer, key, value);
        }

        var offset = 0L;
        foreach (var tensor in tensors)
        {
            WriteText(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Length);
            foreach (var size in tensor.Shape.Reverse())
            {
                writer.Write((ulong)size);
            }

            writer.Write((uint)tensor.Type);
            writer.Write((ulong)offset);
            offset = GgufLayout.Align(offset + Bytes(tensor));
        }

        writer.Write(new byte[GgufLayout.Align(buffer.Length) - buffer.Length]);
        return buffer.ToArray();
    }

    private static long Bytes(GgufTensor tensor)
    {
        try
        {
            return GgufLayout.ByteCount(tensor.Type, tensor.Shape);
        }
        catch (InvalidDataException error)
        {
            throw new ArgumentException($"Tensor '{tensor.Name}': {error.Message}.", nameof(tensor), error);
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteValue(BinaryWriter writer, string key, object value)
    {
        switch (value)
        {
            case string text:
                writer.Write((uint)GgufLayout.Kind.String);
                WriteText(writer, text);
                break;
            case bool flag:
                writer.Write((uint)GgufLayout.Kind.Bool);
                writer.Write(flag);
                break;
            case uint number:
                writer.Write((uint)GgufLayout.Kind.UInt32);
                writer.Write(number);
                break;
            case int number:
                writer.Write((uint)GgufLayout.Kind.Int32);
                writer.Write(number);
                break;
            case ulong number:
                writer.Write((uint)GgufLayout.Kind.UInt64);
                writer.Write(number);
                break;
            case float number:
                writer.Write((uint)GgufLayout.Kind.Float32);
                writer.Write(number);
                break;
            case string[] texts:
                WriteListHead(writer, GgufLayout.Kind.String, texts.Length);
                foreach (var text in texts)
                {
                    WriteText(writer, text);
                }

                break;
            case int[] numbers:
                WriteListHead(writer, GgufLayout.Kind.Int32, numbers.Length);
                writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
                break;
            case float[] numbers:
                WriteListHead(writer, GgufLayout.Kind.Float32, numbers.Length);
                writer.Write(MemoryMarshal.AsBytes(numbers.AsSpan()));
                break;
            default:
                throw new ArgumentException($"The value of '{key}' is a {value.GetType().Name}, which cannot be written.", nameof(value));
        }
    }

    private static void WriteListHead(BinaryWriter writer, GgufLayout.Kind kind, int count)
    {
        writer.Write((uint)GgufLayout.Kind.Array);
        writer.Write((uint)kind);
        writer.Write((ulong)count);
    }

    /// <summary>Writes the data and returns its hash.</summary>
    private static byte[] WriteTensor(Stream stream, GgufTensor target)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var tensor = target.Load();
        if (!tensor.shape.AsSpan().SequenceEqual(target.Shape))
        {
            throw new InvalidDataException($"Tensor '{target.Name}' is [{string.Join(", ", tensor.shape)}], [{string.Join(", ", target.Shape)}] was expected.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var flat = tensor.contiguous().view(-1); // [elements]
        for (long from = 0, total = flat.size(0); from < total; from += StepElements)
        {
            using var step = NewDisposeScope();
            var bytes = Encode(target, flat.narrow(0, from, Math.Min(StepElements, total - from)));
            stream.Write(bytes);
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset();
    }

    private static ReadOnlySpan<byte> Encode(GgufTensor target, Tensor part)
    {
        if (target.Type == GgufType.Q8_0)
        {
            var values = MemoryMarshal.Cast<byte, float>(Finite(target, part.to(ScalarType.Float32)).bytes);
            var blocks = new byte[values.Length / Q8Blocks.Elements * Q8Blocks.Bytes];
            Q8Blocks.Quantize(values, blocks);
            return blocks;
        }

        return Finite(target, part.to(target.Type switch { GgufType.F16 => ScalarType.Float16, GgufType.BF16 => ScalarType.BFloat16, _ => ScalarType.Float32 })).bytes;
    }

    private static Tensor Finite(GgufTensor target, Tensor values) => values.isfinite().all().item<bool>()
        ? values
        : throw new InvalidDataException($"Tensor '{target.Name}' holds numbers that are not finite{(target.Type == GgufType.F16 ? $", or too large for {target.Type}; use bf16 or f32" : "")}.");

    private static void ReadBack(Stream stream, string path, byte[] header, IReadOnlyList<GgufTensor> tensors, List<byte[]> hashes)
    {
        stream.Flush();
        stream.Position = 0;
        var bytes = new byte[header.Length];
        stream.ReadExactly(bytes);
        var read = GgufHeader.Parse(bytes, stream.Length, path);
        var same = bytes.AsSpan().SequenceEqual(header) && read.Tensors.Count == tensors.Count;
        var buffer = new byte[1 << 20];
        for (var i = 0; i < tensors.Count && same; i++)
        {
            stream.Position = read.DataStart + read.Tensors[tensors[i].Name].Offset;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (var left = Bytes(tensors[i]); left > 0;)
            {
                var count = stream.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
                hash.AppendData(buffer, 0, count);
                left = count == 0 ? throw new IOException($"{path}: what was written ends too early; the disk may be failing.") : left - count;
            }

            same = hash.GetHashAndReset().AsSpan().SequenceEqual(hashes[i]);
        }

        if (!same)
        {
            throw new IOException($"{path}: what was written reads back as something else; the disk may be failing.");
        }
    }
}
