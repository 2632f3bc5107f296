using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>
/// Writes safetensors files. The same tensors give the same bytes: widest element type first, then by name, as the format's own
/// library orders them, so that every tensor is aligned; the header is padded with spaces to a multiple of 8 bytes.
/// </summary>
public static class SafetensorsWriter
{
    /// <summary>Largest piece written at once; a span holds at most 2^31-1 bytes.</summary>
    private const long CopyBytes = 1L << 28;

    private static readonly IReadOnlyDictionary<string, string> DefaultMetadata = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>Writes the file aside, flushes it to the disk and renames it. Tensors are brought to the CPU one at a time.</summary>
    /// <param name="path">The file; an older one is replaced.</param>
    /// <param name="tensors">Tensors by name, of any device and stride.</param>
    /// <param name="type">Converts every tensor to this type while writing; null = as they are.</param>
    /// <param name="metadata">Strings for <c>__metadata__</c>; <c>{"format": "pt"}</c> when left out, as <c>transformers</c> demands.</param>
    /// <exception cref="ArgumentException">A type that safetensors has no name for, or a key named <c>__metadata__</c>.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, ScalarType? type = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var order = tensors
            .Select(pair => (Name: pair.Key, Tensor: pair.Value, Type: SafetensorsFile.FromScalarType(type ?? pair.Value.dtype)))
            .OrderByDescending(item => item.Type)
            .ThenBy(item => item.Name, StringComparer.Ordinal)
            .ToList();
        var header = Header(order, metadata ?? DefaultMetadata);
        AtomicFile.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var item in order)
            {
                WriteData(stream, item.Tensor, SafetensorsFile.ToScalarType(item.Type));
            }
        });
    }

    private static byte[] Header(List<(string Name, Tensor Tensor, SafetensorsType Type)> order, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            var position = 0L;
            foreach (var (name, tensor, type) in order)
            {
                if (name == "__metadata__")
                {
                    throw new ArgumentException("A tensor cannot be named '__metadata__': the format keeps that key for itself.");
                }

                json.WriteStartObject(name);
                json.WriteString("dtype", type.ToString());
                WriteNumbers(json, "shape", tensor.shape);
                var end = position + (tensor.numel() * SafetensorsEntry.ElementSize(type));
                WriteNumbers(json, "data_offsets", [position, end]);
                json.WriteEndObject();
                position = end;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void WriteData(Stream stream, Tensor tensor, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var flat = tensor.detach().cpu().to(type).contiguous().view(-1); // [elements]
        var step = CopyBytes / flat.ElementSize;
        for (long from = 0, total = flat.size(0); from < total; from += step)
        {
            stream.Write(flat.narrow(0, from, Math.Min(step, total - from)).bytes);
        }
    }
}
