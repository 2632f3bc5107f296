using System.Runtime.InteropServices;

namespace Alignment.Core.Generation.Decoding;

/// <summary>Memory that the garbage collector does not move, on cache-line borders. Not cleared, so that pages that nobody writes to take no room.</summary>
/// <typeparam name="T">Of the elements.</typeparam>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int Alignment = 64;

    /// <param name="count">Elements, at least one.</param>
    /// <param name="clear">Begin with zeros.</param>
    public NativeBuffer(long count, bool clear = false)
    {
        Count = count;
        var bytes = checked((nuint)(count * sizeof(T)));
        Pointer = (T*)NativeMemory.AlignedAlloc(bytes, Alignment);
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
