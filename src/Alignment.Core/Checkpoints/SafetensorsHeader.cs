using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Alignment.Core.Checkpoints;

/// <summary>
/// The head of a safetensors file: 8 bytes little-endian header length N, N bytes of JSON, then the data part without gaps
/// (github.com/huggingface/safetensors, "Format"). Nothing in it is believed before it is checked.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's own limit for the header, in bytes.</summary>
    internal const long MaxHeaderBytes = 100_000_000;

    /// <summary>More tensors than any published file has; keeps a hostile header from filling the memory.</summary>
    private const int MaxTensors = 100_000;

    /// <summary>Limit for the text of <c>__metadata__</c>, in bytes.</summary>
    private const int MaxMetadataBytes = 10_000_000;

    private const string MetadataKey = "__metadata__";

    private static readonly string[] TypeNames = Enum.GetNames<SafetensorsType>();

    private readonly string _source;
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private bool _hasMetadata;

    private SafetensorsHeader(string source)
    {
        _source = source;
    }

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The <c>__metadata__</c> strings.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Where the data part starts in the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>Length of the JSON part that a file announces, checked against the file's length.</summary>
    /// <exception cref="InvalidDataException">Too short, or a length that cannot be.</exception>
    public static long ReadLength(ReadOnlySpan<byte> firstBytes, long fileLength, string source)
    {
        if (fileLength < 8 || firstBytes.Length < 8)
        {
            throw Broken(source, $"it has {fileLength} bytes; a safetensors file starts with an 8-byte header length");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(firstBytes);
        if (length > MaxHeaderBytes)
        {
            throw Broken(source, $"its header claims {length} bytes; the format allows {MaxHeaderBytes}");
        }

        if ((long)length > fileLength - 8)
        {
            throw Broken(source, $"its header claims {length} bytes but only {fileLength - 8} follow; the file is cut off or not safetensors");
        }

        return (long)length;
    }

    /// <summary>Parses and checks the JSON part.</summary>
    /// <param name="json">The N bytes of JSON.</param>
    /// <param name="fileLength">Length of the whole file.</param>
    /// <param name="source">Named in errors.</param>
    /// <exception cref="InvalidDataException">Anything that the format does not allow.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long fileLength, string source)
    {
        var header = new SafetensorsHeader(source) { DataStart = 8 + json.Length };
        if (json.Length == 0 || json[0] != (byte)'{')
        {
            throw Broken(source, "its header does not start with '{'");
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            header.ReadRoot(ref reader);
        }
        catch (JsonException error)
        {
            throw Broken(source, "its header is not valid JSON: " + error.Message, error);
        }
        catch (InvalidOperationException error) // a string that is not valid UTF-8
        {
            throw Broken(source, "its header is not valid text: " + error.Message, error);
        }

        header.CheckLayout(fileLength - header.DataStart);
        return header;
    }

    private void ReadRoot(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw Broken($"'{Shown(name)}' is not an object");
            }

            if (name == MetadataKey)
            {
                ReadMetadata(ref reader);
            }
            else if (!_entries.TryAdd(name, ReadEntry(ref reader, name)))
            {
                throw Broken($"tensor '{Shown(name)}' is listed twice");
            }
            else if (_entries.Count > MaxTensors)
            {
                throw Broken($"it lists more than {MaxTensors} tensors");
            }
        }

        while (reader.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (_hasMetadata)
        {
            throw Broken($"'{MetadataKey}' is listed twice");
        }

        _hasMetadata = true;
        var bytes = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bytes += reader.ValueSpan.Length;
            var key = bytes <= MaxMetadataBytes ? reader.GetString()! : "";
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Broken($"'{MetadataKey}.{Shown(key)}' is not a string");
            }

            bytes += reader.ValueSpan.Length;
            if (bytes > MaxMetadataBytes)
            {
                throw Broken($"'{MetadataKey}' holds more than {MaxMetadataBytes} bytes");
            }

            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw Broken($"'{MetadataKey}.{Shown(key)}' is listed twice");
            }
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        SafetensorsType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            switch (key)
            {
                case "dtype" when type is null:
                    type = ReadType(ref reader, name);
                    break;
                case "shape" when shape is null:
                    shape = ReadCounts(ref reader, name, key, 64);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadCounts(ref reader, name, key, 2);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Broken($"tensor '{Shown(name)}' gives '{key}' twice");
                default:
                    throw Broken($"tensor '{Shown(name)}' has the unknown key '{Shown(key)}'");
            }
        }

        if (type is null || shape is null || offsets is not { Length: 2 })
        {
            throw Broken($"tensor '{Shown(name)}' needs 'dtype', 'shape' and 'data_offsets' (two numbers)");
        }

        CheckSize(name, type.Value, shape, offsets);
        return new SafetensorsEntry(name, type.Value, shape, offsets[0], offsets[1]);
    }

    private SafetensorsType ReadType(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            for (var i = 0; i < TypeNames.Length; i++)
            {
                if (reader.ValueTextEquals(TypeNames[i]))
                {
                    return (SafetensorsType)i;
                }
            }
        }

        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "(not a string)";
        throw Broken($"tensor '{Shown(name)}' has dtype '{Shown(text)}'; supported are {string.Join(", ", TypeNames)}: convert the file to one of these");
    }

    private long[] ReadCounts(ref Utf8JsonReader reader, string name, string key, int most)
    {
        var counts = new List<long>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Broken($"tensor '{Shown(name)}': '{key}' is not a list");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var count) || count < 0)
            {
                throw Broken($"tensor '{Shown(name)}': '{key}' holds something that is not a whole number of 0 to 2^63-1");
            }

            counts.Add(count);
            if (counts.Count > most)
            {
                throw Broken($"tensor '{Shown(name)}': '{key}' has more than {most} numbers");
            }
        }

        return [.. counts];
    }

    private void CheckSize(string name, SafetensorsType type, long[] shape, long[] offsets)
    {
        Int128 bytes = SafetensorsEntry.ElementSize(type);
        foreach (var size in shape.Contains(0) ? [0] : shape)
        {
            bytes *= size;
            if (bytes > long.MaxValue)
            {
                throw Broken($"tensor '{Shown(name)}' of shape [{string.Join(", ", shape)}] is larger than any file");
            }
        }

        if (offsets[1] < offsets[0] || offsets[1] - offsets[0] != (long)bytes)
        {
            throw Broken($"tensor '{Shown(name)}' of {type} [{string.Join(", ", shape)}] needs {bytes} bytes but its data_offsets are [{offsets[0]}, {offsets[1]}]");
        }
    }

    /// <summary>The tensors must cover the data part once: no gap, no overlap, nothing after.</summary>
    private void CheckLayout(long dataBytes)
    {
        var position = 0L;
        foreach (var entry in _entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.End > dataBytes)
            {
                throw Broken($"tensor '{Shown(entry.Name)}' ends at byte {entry.End} of the data but the file has only {dataBytes}; the file is cut off");
            }

            if (entry.Begin != position)
            {
                var what = entry.Begin < position ? "overlaps the tensor before it" : "leaves a gap before it";
                throw Broken($"tensor '{Shown(entry.Name)}' starts at byte {entry.Begin} of the data where {position} was expected: it {what}");
            }

            position = entry.End;
        }

        if (position != dataBytes)
        {
            throw Broken($"{dataBytes - position} bytes after the last tensor belong to nothing");
        }
    }

    private InvalidDataException Broken(string what) => Broken(_source, what);

    private static InvalidDataException Broken(string source, string what, Exception? inner = null) =>
        new($"{source}: not a usable safetensors file: {what}.", inner);

    /// <summary>A name from the file, short and printable.</summary>
    private static string Shown(string name)
    {
        var text = new StringBuilder();
        foreach (var character in name.AsSpan(0, Math.Min(name.Length, 80)))
        {
            text.Append(char.IsControl(character) ? '?' : character);
        }

        return name.Length > 80 ? text.Append('…').ToString() : text.ToString();
    }
}
