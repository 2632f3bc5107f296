using Microsoft.Win32.SafeHandles;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>
/// A safetensors file: opening reads and checks the header only, each tensor is read when asked for. Tensors are read, not mapped: pages of
/// a mapped file would count as this process's memory beside the tensors that they were copied to.
/// Source: github.com/huggingface/safetensors, "Format".
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>Largest piece read at once; a span holds at most 2^31-1 bytes.</summary>
    private const long ReadBytes = 1L << 26;

    private readonly SafeFileHandle _file;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(string path, SafeFileHandle file, SafetensorsHeader header)
    {
        Path = path;
        _file = file;
        _header = header;
    }

    /// <summary>The file's path as it was given.</summary>
    public string Path { get; }

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _header.Entries;

    /// <summary>The strings of <c>__metadata__</c>, usually <c>format: pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Opens the file and checks its header.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Not a safetensors file, or one whose header does not fit its data.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var size = RandomAccess.GetLength(file);
            Span<byte> first = stackalloc byte[8];
            var count = size < first.Length ? 0 : RandomAccess.Read(file, first, 0);
            var header = new byte[SafetensorsHeader.ReadLength(first[..count], size, path)];
            Read(path, file, header, first.Length);
            return new SafetensorsFile(path, file, SafetensorsHeader.Parse(header, size, path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A fresh tensor with the file's type and shape, on the CPU, owned by the caller's dispose scope.</summary>
    /// <exception cref="InvalidDataException">The file has no tensor of this name, a BOOL tensor holds other bytes than 0 and 1, or the file was cut since it was opened.</exception>
    public Tensor Load(string name)
    {
        ObjectDisposedException.ThrowIf(_file.IsClosed, this);
        var entry = Entry(name);
        var tensor = empty(entry.Shape, dtype: ToScalarType(entry.Type), device: CPU);
        if (entry.ByteCount == 0)
        {
            return tensor;
        }

        using var scope = NewDisposeScope();
        var flat = tensor.view(-1); // [elements]
        var step = ReadBytes / SafetensorsEntry.ElementSize(entry.Type);
        var at = _header.DataStart + entry.Begin;
        for (long from = 0, total = flat.size(0); from < total; from += step)
        {
            var part = flat.narrow(0, from, Math.Min(step, total - from)).bytes;
            Read(Path, _file, part, at);
            at += part.Length;
            if (entry.Type == SafetensorsType.BOOL && part.ContainsAnyExcept((byte)0, (byte)1))
            {
                throw new InvalidDataException($"{Path}: tensor '{entry.Name}' is BOOL but holds bytes other than 0 and 1.");
            }
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

    /// <summary>Closes the file. Tensors that were loaded stay.</summary>
    public void Dispose() => _file.Dispose();

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

    private static void Read(string path, SafeFileHandle file, Span<byte> target, long at)
    {
        while (target.Length > 0)
        {
            var count = RandomAccess.Read(file, target, at);
            if (count == 0)
            {
                throw new InvalidDataException($"{path}: the file ends at byte {at}; it was cut while it was read.");
            }

            target = target[count..];
            at += count;
        }
    }
}
