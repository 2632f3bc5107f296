using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A number with the element type it came from.</summary>
public sealed class Scalar : IDisposable
{
    private readonly double _real;
    private readonly long _integer;

    private Scalar(ScalarType type, double real, long integer)
    {
        Type = type;
        _real = real;
        _integer = integer;
    }

    public ScalarType Type { get; }

    internal bool IsIntegral => Type is ScalarType.Byte or ScalarType.Int8 or ScalarType.Int16 or ScalarType.Int32 or ScalarType.Int64;

    public static implicit operator Scalar(byte value) => OfInteger(ScalarType.Byte, value);

    public static implicit operator Scalar(sbyte value) => OfInteger(ScalarType.Int8, value);

    public static implicit operator Scalar(short value) => OfInteger(ScalarType.Int16, value);

    public static implicit operator Scalar(int value) => OfInteger(ScalarType.Int32, value);

    public static implicit operator Scalar(long value) => OfInteger(ScalarType.Int64, value);

    public static implicit operator Scalar(Half value) => OfReal(ScalarType.Float16, (double)value);

    public static implicit operator Scalar(float value) => OfReal(ScalarType.Float32, value);

    public static implicit operator Scalar(double value) => OfReal(ScalarType.Float64, value);

    public static implicit operator Scalar(bool value) => OfInteger(ScalarType.Bool, value ? 1 : 0);

    public void Dispose()
    {
    }

    internal static Scalar OfInteger(ScalarType type, long value) => new(type, value, value);

    internal static Scalar OfReal(ScalarType type, double value) => new(type, value, (long)value);

    internal Arg Box() => Type == ScalarType.Bool ? (Arg)(_integer != 0) : IsIntegral ? (Arg)_integer : _real;
}
