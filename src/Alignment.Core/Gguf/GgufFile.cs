using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Alignment.Core.Gguf;

/// <summary>
/// A GGUF file, memory-mapped: opening reads and checks the header only, lists and tensors are read when asked for.
/// Source: github.com/ggml-org/ggml, docs/gguf.md.
/// </summary>
public sealed unsafe class GgufFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly GgufHeader _header;
    private readonly int _headerBytes;
    private byte* _start;

    private GgufFile(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, byte* start, int headerBytes, GgufHeader header)
    {
        Path = path;
        _file = file;
        _view = view;
        _start = start;
        _headerBytes = headerBytes;
        _header = header;
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>The format's version, 2 or 3.</summary>
    public uint Version => _header.Version;

    /// <summary>In the file's order: numbers, flags and texts as .NET's own types, lists as <see cref="GgufArray"/>.</summary>
    public IReadOnlyDictionary<string, object> Metadata => _header.Metadata;

    /// <summary>Tensors by name, in the file's order.</summary>
    public IReadOnlyDictionary<string, GgufTensorInfo> Tensors => _header.Tensors;

    /// <summary>Maps the file and checks its header.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not a GGUF file, or one whose header does not fit its data.</exception>
    public static GgufFile Open(string path)
    {
        var length = new FileInfo(path).Length;
        if (length == 0)
        {
            throw new InvalidDataException($"{path}: not a usable GGUF file: it is empty.");
        }

        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            try
            {
                var headerBytes = (int)Math.Min(length, GgufHeader.MaxBytes);
                return new GgufFile(path, file, view, start, headerBytes, GgufHeader.Parse(new ReadOnlySpan<byte>(start, headerBytes), length, path));
            }
            catch
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
                throw;
            }
        }
        catch
        {
            view?.Dispose();
            file?.Dispose();
            throw;
        }
    }

    /// <summary>The texts of a list.</summary>
    /// <exception cref="InvalidDataException">There is no list of texts under this key.</exception>
    public string[] Strings(string key)
    {
        var list = List(key, GgufLayout.Kind.String);
        var cursor = new GgufHeader.Cursor(new ReadOnlySpan<byte>(_start, _headerBytes), list.Position);
        var what = $"a text of '{key}'";
        var texts = new string[list.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = cursor.Text(what);
        }

        return texts;
    }

    /// <summary>The numbers of a list of Float32.</summary>
    /// <exception cref="InvalidDataException">There is no such list under this key.</exception>
    public float[] Floats(string key) => Numbers<float>(key, GgufLayout.Kind.Float32);

    /// <summary>The numbers of a list of Int32.</summary>
    /// <exception cref="InvalidDataException">There is no such list under this key.</exception>
    public int[] Integers(string key) => Numbers<int>(key, GgufLayout.Kind.Int32);

    /// <summary>A tensor as float32 on the CPU, in torch's order of dimensions, owned by the caller's dispose scope.</summary>
    /// <exception cref="InvalidDataException">No tensor of this name, or of a type that is not in <see cref="GgufType"/>.</exception>
    public Tensor Load(string name)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        var info = Tensors.TryGetValue(name, out var found) ? found : throw new InvalidDataException($"{Path}: there is no tensor '{name}' in it.");
        if (!Enum.IsDefined((GgufType)info.TypeNumber))
        {
            throw new InvalidDataException($"{Path}: tensor '{name}' is of {info.TypeName}; {string.Join(", ", Enum.GetNames<GgufType>())} can be read.");
        }

        using var scope = NewDisposeScope();
        var tensor = empty(info.Shape, dtype: ScalarType.Float32, device: CPU);
        var flat = tensor.view(-1); // [elements]
        var (elements, bytes) = (GgufType)info.TypeNumber switch { GgufType.Q8_0 => (Q8Blocks.Elements, Q8Blocks.Bytes), GgufType.F32 => (1, 4), _ => (1, 2) };
        var source = _start + _header.DataStart + info.Offset;
        const int Step = 1 << 22;
        for (long from = 0, total = flat.size(0); from < total; from += Step)
        {
            var values = MemoryMarshal.Cast<byte, float>(flat.narrow(0, from, Math.Min(Step, total - from)).bytes);
            var stored = new ReadOnlySpan<byte>(source + (from / elements * bytes), values.Length / elements * bytes);
            Decode((GgufType)info.TypeNumber, stored, values);
        }

        return tensor.MoveToOuterDisposeScope();
    }

    /// <summary>Unmaps the file. Tensors that were loaded stay.</summary>
    public void Dispose()
    {
        if (_start is null)
        {
            return;
        }

        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }

    private static void Decode(GgufType type, ReadOnlySpan<byte> stored, Span<float> values)
    {
        switch (type)
        {
            case GgufType.F32:
                stored.CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case GgufType.Q8_0:
                Q8Blocks.Dequantize(stored, values);
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    var bits = BinaryPrimitives.ReadUInt16LittleEndian(stored[(2 * i)..]);
                    values[i] = type == GgufType.F16 ? (float)BitConverter.UInt16BitsToHalf(bits) : BitConverter.UInt32BitsToSingle((uint)bits << 16);
                }

                break;
        }
    }

    private T[] Numbers<T>(string key, GgufLayout.Kind kind) where T : unmanaged
    {
        var list = List(key, kind);
        return MemoryMarshal.Cast<byte, T>(new ReadOnlySpan<byte>(_start + list.Position, (int)list.Count * sizeof(T))).ToArray();
    }

    private GgufArray List(string key, GgufLayout.Kind kind)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return Metadata.GetValueOrDefault(key) is GgufArray list && list.Kind == kind
            ? list
            : throw new InvalidDataException($"{Path}: there is no list of {kind} under '{key}' in it.");
    }
}
