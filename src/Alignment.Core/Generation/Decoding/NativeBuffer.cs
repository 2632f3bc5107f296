using System.Runtime.InteropServices;
using Alignment.Core.Numerics;

namespace Alignment.Core.Generation.Decoding;

/// <summary>Memory that the garbage collector does not move, on cache-line borders. Not cleared, so that pages that nobody writes to take no room.</summary>
/// <typeparam name="T">Of the elements.</typeparam>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int CacheLine = 64;
    private const int HugePage = 2 << 20;

    private readonly nint _mapped; // the whole range, whose first border of 2 MiB is the first element; 0 where the memory is the C library's

    /// <param name="count">Elements, at least one.</param>
    /// <param name="clear">Begin with zeros.</param>
    /// <param name="isStreamed">All of it will be written, and then read from front to back many times.</param>
    public NativeBuffer(long count, bool clear = false, bool isStreamed = false)
    {
        Count = count;
        var bytes = checked((nuint)(count * sizeof(T)));
        var isHuge = isStreamed && bytes >= HugePage && OperatingSystem.IsLinux();
        if (isHuge)
        {
            // Not from the C library's heap: a gap that such a border leaves there is too small for the next request of the same size, and each call would take new memory.
            _mapped = Libc.Map(bytes + HugePage);
            Pointer = (T*)((_mapped + HugePage - 1) & -HugePage);
            Libc.AdviseHugePages((nint)Pointer, bytes);
        }
        else
        {
            Pointer = (T*)NativeMemory.AlignedAlloc(bytes, CacheLine);
        }

        GC.AddMemoryPressure((long)bytes);
        if (clear && _mapped == 0)
        {
            NativeMemory.Clear(Pointer, bytes);
        }
    }

    ~NativeBuffer() => Free();

    /// <summary>The first element.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Elements.</summary>
    public long Count { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (Pointer is not null)
        {
            if (_mapped != 0)
            {
                Libc.Unmap(_mapped, (nuint)(Count * sizeof(T)) + HugePage);
            }
            else
            {
                NativeMemory.AlignedFree(Pointer);
            }

            GC.RemoveMemoryPressure(Count * sizeof(T));
            Pointer = null;
        }
    }
}
