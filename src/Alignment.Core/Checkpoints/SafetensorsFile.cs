using System.IO.MemoryMappedFiles;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>
/// A safetensors file, memory-mapped: opening reads and checks the header only, each tensor is copied out when asked for.
/// Source: github.com/huggingface/safetensors, "Format".
/// </summary>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>Largest piece copied at once; a span holds at most 2^31-1 bytes.</summary>
    private const long CopyBytes = 1L << 28;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafetensorsHeader _header;
    private byte* _start;

    private SafetensorsFile(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, byte* start, SafetensorsHeader header)
    {
        Path = path;
        _file = file;
        _view = view;
        _start = start;
        _header = header;
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The strings of <c>__metadata__</c>, usually <c>format: pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Maps the file and checks its header.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not a safetensors file, or one whose header does not fit its data.</exception>
    public static SafetensorsFile Open(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Span<byte> first = stackalloc byte[8];
        var count = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        var length = SafetensorsHeader.ReadLength(first[..count], stream.Length, path);

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
                var header = SafetensorsHeader.Parse(new ReadOnlySpan<byte>(start + 8, (int)length), stream.Length, path);
                return new SafetensorsFile(path, file, view, start, header);
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

    /// <summary>A fresh tensor with the file's type and shape, on the CPU, owned by the caller's dispose scope.</summary>
    /// <exception cref="InvalidDataException">The file has no tensor of this name, or a BOOL tensor holds other bytes than 0 and 1.</exception>
    public Tensor Load(string name)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        var entry = Entry(name);
        var source = _start + _header.DataStart + entry.Begin;
        if (entry.Type == SafetensorsType.BOOL)
        {
            CheckBooleans(entry, source);
        }

        var tensor = empty(entry.Shape, dtype: ToScalarType(entry.Type), device: CPU);
        if (entry.ByteCount == 0)
        {
            return tensor;
        }

        using var scope = NewDisposeScope();
        var flat = tensor.view(-1); // [elements]
        var step = CopyBytes / SafetensorsEntry.ElementSize(entry.Type);
        for (long from = 0, total = flat.size(0); from < total; from += step)
        {
            var part = flat.narrow(0, from, Math.Min(step, total - from)).bytes;
            new ReadOnlySpan<byte>(source, part.Length).CopyTo(part);
            source += part.Length;
        }

        return tensor;
    }

    /// <summary>Copies a tensor into an existing one of the same shape, converting the type when they differ. Records no gradient.</summary>
    /// <exception cref="InvalidDataException">No such tensor, or another shape.</exception>
    public void CopyTo(string name, Tensor target)
    {
        var entry = Entry(name);
        if (!entry.Shape.AsSpan().SequenceEqual(target.shape))
        {
            throw new InvalidDataException($"{Path}: tensor '{name}' has shape [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", target.shape)}].");
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        target.copy_(Load(name));
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

    internal static ScalarType ToScalarType(SafetensorsType type) => type switch
    {
        SafetensorsType.BOOL => ScalarType.Bool,
        SafetensorsType.U8 => ScalarType.Byte,
        SafetensorsType.I8 => ScalarType.Int8,
        SafetensorsType.I16 => ScalarType.Int16,
        SafetensorsType.F16 => ScalarType.Float16,
        SafetensorsType.BF16 => ScalarType.BFloat16,
        SafetensorsType.I32 => ScalarType.Int32,
        SafetensorsType.F32 => ScalarType.Float32,
        SafetensorsType.I64 => ScalarType.Int64,
        _ => ScalarType.Float64,
    };

    internal static SafetensorsType FromScalarType(ScalarType type) => type switch
    {
        ScalarType.Bool => SafetensorsType.BOOL,
        ScalarType.Byte => SafetensorsType.U8,
        ScalarType.Int8 => SafetensorsType.I8,
        ScalarType.Int16 => SafetensorsType.I16,
        ScalarType.Float16 => SafetensorsType.F16,
        ScalarType.BFloat16 => SafetensorsType.BF16,
        ScalarType.Int32 => SafetensorsType.I32,
        ScalarType.Float32 => SafetensorsType.F32,
        ScalarType.Int64 => SafetensorsType.I64,
        ScalarType.Float64 => SafetensorsType.F64,
        _ => throw new ArgumentException($"Safetensors has no type for {type} tensors; convert the tensor first.", nameof(type)),
    };

    private SafetensorsEntry Entry(string name) => Entries.TryGetValue(name, out var entry)
        ? entry
        : throw new InvalidDataException($"{Path}: there is no tensor '{name}' in it.");

    private void CheckBooleans(SafetensorsEntry entry, byte* source)
    {
        for (var at = 0L; at < entry.ByteCount; at += CopyBytes)
        {
            var part = new ReadOnlySpan<byte>(source + at, (int)Math.Min(CopyBytes, entry.ByteCount - at));
            if (part.ContainsAnyExcept((byte)0, (byte)1))
            {
                throw new InvalidDataException($"{Path}: tensor '{entry.Name}' is BOOL but holds bytes other than 0 and 1.");
            }
        }
    }
}
