using System.Buffers.Binary;
using System.Text;

namespace Alignment.Core.Gguf;

/// <summary>The part of a GGUF file before the tensors. Nothing in it is believed before it is checked; lists are skipped, not read.</summary>
internal sealed class GgufHeader
{
    /// <summary>More than any published file has; keep a hostile header from filling the memory.</summary>
    private const int MaxTensors = 100_000;

    private const int MaxKeys = 10_000;

    private const int MaxName = 65_535;

    /// <summary>Bytes of all texts that are read together, names and chat templates above all; lists do not count.</summary>
    private const int MaxText = 20_000_000;

    private const int MaxElements = 1 << 22;

    private const int MaxDimensions = 4;

    private readonly Dictionary<string, object> _metadata = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GgufTensorInfo> _tensors = new(StringComparer.Ordinal);

    /// <summary>More bytes before the tensors than any published file has, several times over.</summary>
    public const int MaxBytes = 1 << 26;

    /// <summary>The version that the file gives.</summary>
    public uint Version { get; private set; }

    /// <summary>In the file's order: numbers, flags and texts as .NET's own types, lists as <see cref="GgufArray"/>.</summary>
    public IReadOnlyDictionary<string, object> Metadata => _metadata;

    public IReadOnlyDictionary<string, GgufTensorInfo> Tensors => _tensors;

    /// <summary>Where the data part starts in the file.</summary>
    public long DataStart { get; private set; }

    /// <summary>Reads the header of a file.</summary>
    /// <param name="bytes">The file from its start, <see cref="MaxBytes"/> of it or all.</param>
    /// <param name="fileLength">The whole file's length.</param>
    /// <param name="source">Named in errors.</param>
    /// <exception cref="InvalidDataException">Not GGUF, or a header that does not fit the file.</exception>
    public static GgufHeader Parse(ReadOnlySpan<byte> bytes, long fileLength, string source)
    {
        try
        {
            var header = new GgufHeader();
            var cursor = new Cursor(bytes);
            header.Read(ref cursor, fileLength);
            return header;
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{source}: not a usable GGUF file: {error.Message}.", error);
        }
    }

    private void Read(ref Cursor cursor, long fileLength)
    {
        if (cursor.Left < 4 || cursor.UInt32() != GgufLayout.Magic)
        {
            throw new InvalidDataException("it does not begin with 'GGUF'");
        }

        Version = cursor.UInt32();
        if (Version is not (2 or 3))
        {
            throw new InvalidDataException($"its version is {Version}{(BinaryPrimitives.ReverseEndianness(Version) is 2 or 3 ? " in big-endian order" : "")}; versions 2 and 3, little-endian, can be read");
        }

        var tensors = cursor.Count("tensors", MaxTensors, atLeastBytes: 8 + 4 + 4 + 8);
        var keys = cursor.Count("metadata keys", MaxKeys, atLeastBytes: 8 + 4 + 1);
        for (var i = 0; i < keys; i++)
        {
            var key = cursor.Text($"the name of metadata key {i + 1}", MaxName);
            if (!_metadata.TryAdd(key, Value(ref cursor, key)))
            {
                throw new InvalidDataException($"the metadata key '{Shown(key)}' is there twice");
            }
        }

        var alignment = Alignment();
        for (var i = 0; i < tensors; i++)
        {
            var info = Info(ref cursor, i, alignment);
            if (!_tensors.TryAdd(info.Name, info))
            {
                throw new InvalidDataException($"the tensor '{Shown(info.Name)}' is there twice");
            }
        }

        DataStart = GgufLayout.Align(cursor.Position, alignment);
        CheckLayout(fileLength);
    }

    private static object Value(ref Cursor cursor, string key)
    {
        var kind = Kind(cursor.UInt32(), key);
        switch (kind)
        {
            case GgufLayout.Kind.String:
                return cursor.Text($"the value of '{Shown(key)}'");
            case GgufLayout.Kind.Array:
                var element = Kind(cursor.UInt32(), key);
                if (element == GgufLayout.Kind.Array)
                {
                    throw new InvalidDataException($"'{Shown(key)}' is a list of lists, which is not supported");
                }

                var size = GgufLayout.Size(element);
                var count = cursor.Count($"elements of '{Shown(key)}'", MaxElements, size ?? 8);
                var list = new GgufArray(element.ToString(), count) { Kind = element, Position = cursor.Position };
                var what = $"a text of '{Shown(key)}'";
                for (var i = 0; size is null && i < count; i++)
                {
                    cursor.SkipText(what);
                }

                cursor.Skip(size is { } each ? each * count : 0);
                return list;
            default:
                return cursor.Number(kind);
        }
    }

    private static GgufLayout.Kind Kind(uint number, string key) => number <= (uint)GgufLayout.Kind.Float64
        ? (GgufLayout.Kind)number
        : throw new InvalidDataException($"'{Shown(key)}' has the unknown kind {number}");

    private static GgufTensorInfo Info(ref Cursor cursor, int index, int alignment)
    {
        var name = cursor.Text($"the name of tensor {index + 1}", MaxName);
        var dimensions = cursor.UInt32();
        if (dimensions > MaxDimensions)
        {
            throw new InvalidDataException($"tensor '{Shown(name)}' has {dimensions} dimensions; the format allows {MaxDimensions}");
        }

        var shape = new long[dimensions];
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            shape[i] = cursor.Int64($"a size of tensor '{Shown(name)}'");
        }

        var type = cursor.UInt32();
        var offset = cursor.Int64($"the offset of tensor '{Shown(name)}'");
        return offset % alignment == 0
            ? new GgufTensorInfo(name, shape, type, offset)
            : throw new InvalidDataException($"tensor '{Shown(name)}' lies at byte {offset} of the data, which is no multiple of {alignment}");
    }

    private int Alignment()
    {
        if (!_metadata.TryGetValue(GgufLayout.AlignmentKey, out var value))
        {
            return GgufLayout.Alignment;
        }

        return value is uint and > 0 and <= 1 << 20 && ((uint)value & ((uint)value - 1)) == 0
            ? (int)(uint)value
            : throw new InvalidDataException($"'{GgufLayout.AlignmentKey}' is {value}; it must be a power of 2 of at most {1 << 20}");
    }

    /// <summary>Tensors lie within the file and not upon each other.</summary>
    private void CheckLayout(long fileLength)
    {
        var end = 0L;
        foreach (var info in _tensors.Values.OrderBy(info => info.Offset))
        {
            if (info.Offset < end)
            {
                throw new InvalidDataException($"tensor '{Shown(info.Name)}' lies at byte {info.Offset} of the data, upon the tensor before it, which ends at {end}");
            }

            long? bytes;
            try
            {
                bytes = info.ByteCount;
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"tensor '{Shown(info.Name)}': {error.Message}", error);
            }

            if (info.Offset > fileLength - DataStart || bytes > fileLength - DataStart - info.Offset)
            {
                throw new InvalidDataException(
                    $"tensor '{Shown(info.Name)}' of {info.TypeName} [{string.Join(", ", info.Shape)}] at byte {info.Offset} of the data does not fit into a file of {fileLength} bytes; the file is cut off");
            }

            end = info.Offset + (bytes ?? 0);
        }
    }

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

    /// <summary>Walks over the bytes and never past their end.</summary>
    internal ref struct Cursor(ReadOnlySpan<byte> bytes, int position = 0)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _textLeft = MaxText;

        public int Position { get; private set; } = position;

        public readonly int Left => _bytes.Length - Position;

        public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

        public long Int64(string what)
        {
            var value = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
            return value <= long.MaxValue ? (long)value : throw new InvalidDataException($"{what} is {value}");
        }

        /// <summary>A number of things that follow, which the rest of the file must have room for.</summary>
        public int Count(string what, int most, int atLeastBytes)
        {
            var count = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
            return count <= (ulong)most && count <= (ulong)(Left / atLeastBytes)
                ? (int)count
                : throw new InvalidDataException($"it claims {count} {what}; {(count <= (ulong)most ? $"{Left} bytes follow" : $"at most {most} are read")}");
        }

        public string Text(string what, int most = MaxText)
        {
            var bytes = TextBytes(what, Math.Min(most, _textLeft));
            _textLeft -= bytes.Length;
            return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw new InvalidDataException($"{what} is not UTF-8");
        }

        /// <summary>Passes over a text.</summary>
        public void SkipText(string what) => TextBytes(what, int.MaxValue);

        public void Skip(int count) => Take(count);

        public object Number(GgufLayout.Kind kind)
        {
            var bytes = Take(GgufLayout.Size(kind)!.Value);
            return kind switch
            {
                GgufLayout.Kind.UInt8 => bytes[0],
                GgufLayout.Kind.Int8 => (sbyte)bytes[0],
                GgufLayout.Kind.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                GgufLayout.Kind.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
                GgufLayout.Kind.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
                GgufLayout.Kind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
                GgufLayout.Kind.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
                GgufLayout.Kind.Bool => bytes[0] != 0,
                GgufLayout.Kind.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
                GgufLayout.Kind.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            };
        }

        private ReadOnlySpan<byte> TextBytes(string what, int most)
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
            if (length > (ulong)most || length > (ulong)Left)
            {
                throw new InvalidDataException($"{what} claims {length} bytes; {(length > (ulong)most ? $"at most {most} are read" : $"{Left} follow")}");
            }

            return Take((int)length);
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > Left)
            {
                throw new InvalidDataException($"the header ends at byte {_bytes.Length}, within a value; the file is cut off");
            }

            var taken = _bytes.Slice(Position, count);
            Position += count;
            return taken;
        }
    }
}
