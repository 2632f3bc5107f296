using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A parameter's gradient for the moment, without an object: a step asks for each of them twice.</summary>
internal readonly unsafe ref struct RawGradient : IDisposable
{
    private readonly IntPtr _handle;

    public RawGradient(Tensor parameter)
    {
        IntPtr handle;
        Native.Check(Native.at_get_grad(parameter.Handle, &handle));
        GC.KeepAlive(parameter);
        _handle = handle;
    }

    public bool IsThere => _handle != 0;

    /// <summary>See <see cref="Tensor.IsPlain"/>.</summary>
    public bool IsPlain => Tensor.IsPlainHandle(_handle);

    public long Count => Tensor.Info(_handle, TensorInfo.Elements);

    public void* Data
    {
        get
        {
            void* data;
            Native.Check(Native.at_data(_handle, &data));
            return data;
        }
    }

    /// <summary>As an argument of an operator, while this lives.</summary>
    public Arg Argument => Arg.OfHandle(_handle);

    /// <summary>As an object of its own.</summary>
    public Tensor ToTensor()
    {
        Native.at_tensor_share(_handle);
        return new Tensor(_handle);
    }

    public void Dispose()
    {
        if (_handle != 0)
        {
            Native.at_tensor_free(_handle);
        }
    }
}
