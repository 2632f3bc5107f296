using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>One-element tensors as numbers, whatever their element type; shapes.</summary>
public static class TensorExtensionMethods
{
    private static readonly Op ItemOp = Op.Find("item");

    public static float ToSingle(this Tensor value) => (float)value.ToDouble();

    public static double ToDouble(this Tensor value)
    {
        var item = ItemOp.Single([value]);
        return item.Kind == ArgKind.Double ? item.Real : item.Integer;
    }

    public static long ToInt64(this Tensor value)
    {
        var item = ItemOp.Single([value]);
        return item.Kind == ArgKind.Double ? (long)item.Real : item.Integer;
    }

    public static int ToInt32(this Tensor value) => (int)value.ToInt64();

    public static short ToInt16(this Tensor value) => (short)value.ToInt64();

    public static byte ToByte(this Tensor value) => (byte)value.ToInt64();

    public static bool ToBoolean(this Tensor value) => value.ToDouble() != 0;

    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool or ScalarType.QInt8 or ScalarType.QUInt8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 or ScalarType.QInt32 => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat32 => 8,
        _ => 16,
    };
}
