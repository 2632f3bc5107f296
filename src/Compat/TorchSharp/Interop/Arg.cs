using System.Text;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One argument of an operator call; made by implicit conversion, without heap memory of its own.</summary>
internal readonly struct Arg
{
    private readonly long _value;
    private readonly int _count;

    private Arg(ArgKind kind, long value, object? target = null, int count = 0)
    {
        Kind = kind;
        _value = value;
        Target = target;
        _count = count;
    }

    /// <summary>Absent: None in Python.</summary>
    public static Arg None => default;

    public ArgKind Kind { get; }

    public object? Target { get; }

    public static implicit operator Arg(Tensor? value) => value is null ? None : new Arg(ArgKind.Tensor, value.Handle, value);

    public static implicit operator Arg(int value) => new(ArgKind.Int, value);

    public static implicit operator Arg(long value) => new(ArgKind.Int, value);

    public static implicit operator Arg(long? value) => value is { } set ? set : None;

    public static implicit operator Arg(double value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(double? value) => value is { } set ? set : None;

    public static implicit operator Arg(bool value) => new(ArgKind.Bool, value ? 1 : 0);

    public static implicit operator Arg(bool? value) => value is { } set ? set : None;

    public static implicit operator Arg(Scalar? value) => value is null ? None : value.Box();

    public static implicit operator Arg(ScalarType value) => new(ArgKind.Int, (long)value);

    public static implicit operator Arg(ScalarType? value) => value is { } set ? set : None;

    public static implicit operator Arg(Device? value) => value is null ? None : new Arg(ArgKind.Device, value.Packed);

    public static implicit operator Arg(Generator? value) => value is null ? None : new Arg(ArgKind.Generator, value.Handle, value);

    public static implicit operator Arg(long[]? value) => value is null ? None : new Arg(ArgKind.IntList, 0, value);

    public static implicit operator Arg(double[]? value) => value is null ? None : new Arg(ArgKind.DoubleList, 0, value);

    public static implicit operator Arg(Tensor?[]? value) => value is null ? None : new Arg(ArgKind.TensorList, 0, value);

    public static implicit operator Arg(string? value) => value is null ? None : new Arg(ArgKind.String, 0, value);

    /// <summary>A tensor without an object, which outlives the call.</summary>
    public static Arg OfHandle(IntPtr handle) => new(ArgKind.Tensor, handle);

    /// <summary>Numbers on the caller's stack, or pinned, for as long as the call takes.</summary>
    public static unsafe Arg OfNumbers(long* values, int count) => new(ArgKind.IntList, (IntPtr)values, count: count);

    /// <summary>A list of tensors, whatever its collection.</summary>
    public static Arg List(IEnumerable<Tensor> tensors) => tensors as Tensor[] ?? [.. tensors];

    /// <summary>How many 8-byte words <see cref="Write"/> needs beside the argument itself.</summary>
    public int Words => Kind switch
    {
        ArgKind.IntList => (Target as long[])?.Length ?? 0,
        ArgKind.DoubleList => ((double[])Target!).Length,
        ArgKind.TensorList => ((Tensor?[])Target!).Length,
        ArgKind.String => (Encoding.UTF8.GetByteCount((string)Target!) + 7) / 8,
        _ => 0,
    };

    /// <summary>Writes the argument to native, lists to memory; returns the first free word.</summary>
    public unsafe long* Write(NativeArg* native, long* memory)
    {
        native->Kind = Kind;
        native->Count = _count;
        native->Integer = _value;
        var room = Words;
        if (Target is null || Kind is ArgKind.Tensor or ArgKind.Generator)
        {
            return memory;
        }

        native->Pointer = memory;
        native->Count = room;
        switch (Target)
        {
            case long[] values:
                values.CopyTo(new Span<long>(memory, room));
                break;
            case double[] values:
                values.CopyTo(new Span<double>(memory, room));
                break;
            case Tensor?[] tensors:
                for (var k = 0; k < tensors.Length; k++)
                {
                    memory[k] = tensors[k] is { } tensor ? tensor.Handle : 0;
                }

                break;
            case string text:
                native->Count = Encoding.UTF8.GetBytes(text, new Span<byte>(memory, room * 8));
                break;
        }

        return memory + room;
    }
}
