using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    private static ScalarType s_defaultType = ScalarType.Float32;

    /// <summary>A tensor over the array's own memory, which stays pinned as long as the tensor lives.</summary>
    public static Tensor from_array(Array rawArray, Device? device = null) => from_array(rawArray, null, device);

    public static Tensor from_array(Array rawArray, ScalarType? dtype, Device? device = null, bool requires_grad = false, string[]? names = null)
    {
        var type = ElementTypeOf(rawArray.GetType().GetElementType()!);
        var sizes = Enumerable.Range(0, rawArray.Rank).Select(rawArray.GetLongLength).ToArray();
        return Place(Share(rawArray, type, sizes, 0), dtype, device, requires_grad, names);
    }

    /// <summary>A one-dimensional tensor of `count` elements from element `offset` on, over the array's own memory.</summary>
    public static Tensor frombuffer(Array rawArray, ScalarType dtype, long count = -1, long offset = 0, bool requires_grad = false)
    {
        var bytes = Buffer.ByteLength(rawArray);
        var size = dtype.ElementSize();
        if (offset < 0 || offset * size > bytes || (count >= 0 && (offset + count) * size > bytes))
        {
            throw new ArgumentException($"{count} elements of {dtype} from element {offset} on do not fit in an array of {bytes} bytes.");
        }

        return Place(Share(rawArray, dtype, [count < 0 ? bytes / size - offset : count], offset * size), null, CPU, requires_grad, null);
    }

    internal static Tensor Finish(Tensor made, bool requiresGrad, string[]? names)
    {
        if (names is not null)
        {
            made.Dispose();
            throw new NotSupportedException("Named dimensions are not supported by this binding; leave `names` out.");
        }

        return requiresGrad ? made.requires_grad_() : made;
    }

    private static unsafe Tensor Copy<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
        where T : unmanaged
    {
        var elements = 1L;
        foreach (var length in sizes)
        {
            elements *= length;
        }

        if (elements != values.Length)
        {
            throw new ArgumentException($"{values.Length} values do not fill a tensor of shape [{string.Join(", ", sizes.ToArray())}].");
        }

        var made = EmptyOp.Call(sizes.ToArray(), ElementTypeOf(typeof(T)), Arg.None, CPU);
        values.CopyTo(new Span<T>(made.DataPointer(), values.Length));
        return Place(made, dtype, device, requiresGrad, names);
    }

    /// <summary>Converts and moves where asked, and lets go of what was there before.</summary>
    private static Tensor Place(Tensor made, ScalarType? dtype, Device? device, bool requiresGrad, string[]? names)
    {
        device ??= s_defaultDevice;
        if ((dtype is { } type && type != made.dtype) || device.type != DeviceType.CPU)
        {
            made = made.to(dtype ?? made.dtype, device, disposeAfter: true);
        }

        return Finish(made, requiresGrad, names);
    }

    private static unsafe Tensor Share(Array array, ScalarType type, long[] sizes, long byteOffset)
    {
        var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        IntPtr handle;
        int status;
        fixed (long* pointer = sizes)
        {
            status = Native.at_from_blob((byte*)pin.AddrOfPinnedObject() + byteOffset, pointer, sizes.Length, (int)type, &ReleasePin, GCHandle.ToIntPtr(pin), &handle);
        }

        if (status != 0)
        {
            pin.Free();
        }

        Native.Check(status);
        return new Tensor(handle);
    }

    [UnmanagedCallersOnly]
    private static void ReleasePin(IntPtr pin) => GCHandle.FromIntPtr(pin).Free();

    private static ReadOnlySpan<T> Flat<T>(Array array)
        where T : unmanaged =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);

    private static ReadOnlySpan<T> Flat<T>(IList<T> list) => list switch
    {
        T[] array => array,
        List<T> values => CollectionsMarshal.AsSpan(values),
        _ => list.ToArray(),
    };
}
