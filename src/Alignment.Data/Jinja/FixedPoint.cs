using System.Globalization;
using System.Numerics;

namespace Alignment.Data.Jinja;

/// <summary>Floats rounded to a number of digits by their exact value, halves to the even digit, as Python does.</summary>
internal static class FixedPoint
{
    /// <summary>A finite number that is not negative, with so many digits after the point; with a negative count, zeros before it.</summary>
    public static string Of(double value, int digits)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent > 0 ? 1L << 52 : 0);
        var power = Math.Max(exponent, 1) - 1075; // the value is mantissa · 2^power
        var numerator = mantissa * (power > 0 ? BigInteger.Pow(2, power) : 1) * (digits > 0 ? BigInteger.Pow(10, digits) : 1);
        var denominator = (power < 0 ? BigInteger.Pow(2, -power) : 1) * (digits < 0 ? BigInteger.Pow(10, -digits) : 1);
        var whole = BigInteger.DivRem(numerator, denominator, out var rest);
        var half = (2 * rest).CompareTo(denominator);
        whole += half > 0 || (half == 0 && !whole.IsEven) ? 1 : 0;
        var text = (digits < 0 ? whole * BigInteger.Pow(10, -digits) : whole).ToString(CultureInfo.InvariantCulture);
        return digits <= 0 ? text : text.PadLeft(digits + 1, '0').Insert(Math.Max(text.Length, digits + 1) - digits, ".");
    }
}
