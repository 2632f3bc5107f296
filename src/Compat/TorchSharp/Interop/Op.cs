using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// An operator of libtorch, called by its schema with boxed arguments. Trailing arguments left out take the schema's defaults. It is
/// looked up at its first call, so one that this libtorch lacks costs nothing until then.
/// </summary>
internal sealed unsafe class Op
{
    private const int StackWords = 128;
    private static readonly Meter Meter = new("TorchSharp");
    private static readonly ObservableCounter<long> CallCounter = Meter.CreateObservableCounter("native_calls", () => Calls);
    private static long Calls;
    private readonly string _name;
    private readonly string _overload;
    private IntPtr _handle;

    private Op(string name, string overload)
    {
        _name = name.Contains("::") ? name : "aten::" + name;
        _overload = overload;
    }

    /// <param name="name">The schema's name; without a namespace: aten.</param>
    /// <param name="overload">The schema's overload name.</param>
    public static Op Find(string name, string overload = "") => new(name, overload);

    /// <summary>Null when this libtorch lacks the operator.</summary>
    public static Op? FindIfThere(string name, string overload = "")
    {
        var op = new Op(name, overload);
        return Native.at_find(op._name, overload, out op._handle) == 0 ? op : null;
    }

    /// <summary>The one tensor that the operator returns, as a new object.</summary>
    public Tensor Call(params ReadOnlySpan<Arg> args)
    {
        NativeArg result;
        Invoke(args, &result, 1);
        return new Tensor(result.Integer == 0 ? 0 : (IntPtr)result.Pointer);
    }

    /// <summary>For an operator that changes its first argument: returns that same object.</summary>
    public Tensor CallInPlace(params ReadOnlySpan<Arg> args)
    {
        CallVoid(args);
        return (Tensor)args[0].Target!;
    }

    public (Tensor, Tensor) Call2(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeArg[2];
        Invoke(args, results, 2);
        return (new Tensor((IntPtr)results[0].Pointer), new Tensor((IntPtr)results[1].Pointer));
    }

    /// <summary>For an operator that returns a list of tensors.</summary>
    public Tensor[] CallList(params ReadOnlySpan<Arg> args)
    {
        NativeArg result;
        Invoke(args, &result, 1);
        var handles = (IntPtr*)result.Pointer;
        var tensors = new Tensor[result.Count];
        for (var k = 0; k < tensors.Length; k++)
        {
            tensors[k] = new Tensor(handles[k]);
        }

        Native.at_list_free(handles);
        return tensors;
    }

    /// <summary>Whatever the operator returns is let go.</summary>
    public void CallVoid(params ReadOnlySpan<Arg> args)
    {
        var results = stackalloc NativeArg[4];
        var count = Invoke(args, results, 4);
        for (var k = 0; k < count; k++)
        {
            if (results[k].Kind == ArgKind.Tensor && results[k].Integer != 0)
            {
                Native.at_tensor_free((IntPtr)results[k].Pointer);
            }
        }
    }

    public bool CallBool(params ReadOnlySpan<Arg> args) => Single(args).Integer != 0;

    /// <summary>The one number that the operator returns, boxed as it came.</summary>
    internal NativeArg Single(ReadOnlySpan<Arg> args)
    {
        NativeArg result;
        Invoke(args, &result, 1);
        return result;
    }

    /// <summary>Looks the operator up; throws when this libtorch lacks it.</summary>
    internal void Resolve()
    {
        if (_handle == 0)
        {
            Native.Check(Native.at_find(_name, _overload, out _handle));
        }
    }

    [SkipLocalsInit]
    private int Invoke(ReadOnlySpan<Arg> args, NativeArg* results, int capacity)
    {
        Resolve();
        var words = 0;
        foreach (ref readonly var arg in args)
        {
            words += arg.Words;
        }

        var native = stackalloc NativeArg[Math.Max(args.Length, 16)];
        var onStack = stackalloc long[StackWords];
        var memory = words <= StackWords ? onStack : (long*)NativeMemory.Alloc((nuint)words, sizeof(long));
        var next = memory;
        for (var k = 0; k < args.Length; k++)
        {
            next = args[k].Write(native + k, next);
        }

        Calls++;
        int count;
        results->Integer = 0;
        var status = Native.at_call(_handle, native, args.Length, results, capacity, &count);
        if (memory != onStack)
        {
            NativeMemory.Free(memory);
        }

        Native.Check(status);
        return count;
    }
}
