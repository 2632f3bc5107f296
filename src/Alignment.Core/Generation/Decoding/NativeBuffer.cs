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

    /// <param name="count">Elements, at least one.</param>
    /// <param name="clear">Begin with zeros.</param>
    /// <param name="isStreamed">All of it will be written, and then read from front to back many times.</param>
    public NativeBuffer(long count, bool clear = false, bool isStreamed = false)
    {
        Count = count;
        var bytes = checked((nuint)(count * sizeof(T)));
        var isHuge = isStreamed && bytes >= HugePage && OperatingSystem.IsLinux();
        Pointer = (T*)NativeMemory.AlignedAlloc(bytes, (nuint)(isHuge ? HugePage : CacheLine));
        if (isHuge)
        {
            Libc.AdviseHugePages((nint)Pointer, bytes);
        }

        GC.AddMemoryPressure((long)bytes);
        if (clear)
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
            NativeMemory.AlignedFree(Pointer);
            GC.RemoveMemoryPressure(Count * sizeof(T));
            Pointer = null;
        }
    }
}
