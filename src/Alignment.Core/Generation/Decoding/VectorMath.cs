using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Alignment.Core.Models;

namespace Alignment.Core.Generation.Decoding;

/// <summary>Functions of sixteen floats at once, within two units in the last place (GELU: within 2e-7).</summary>
internal static class VectorMath
{
    /// <summary>Floats side by side.</summary>
    public const int Lanes = 16;

    private const float Smallest = -87.33654f; // below, eˣ is no normal number and becomes 0
    private const float Largest = 88.37626f;

    /// <summary>Numbers of the lanes, 0 to 15.</summary>
    public static Vector512<int> LaneNumbers => Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

    /// <summary>eˣ: 2ⁿ · eʳ with |r| ≤ ln 2 / 2 and a polynomial for eʳ.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        var bounded = Vector512.Min(Vector512.Max(x, Vector512.Create(Smallest)), Vector512.Create(Largest));
        var n = Vector512.Round(bounded * 1.44269504f);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), bounded);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.FusedMultiplyAdd(r, Vector512.Create(1.9875691500e-4f), Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        var power = ((Vector512.ConvertToInt32Native(n) + Vector512.Create(127)) << 23).AsSingle();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(Smallest)), Vector512<float>.Zero, p * power);
    }

    /// <summary>The nonlinearity of the feed-forward block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Activate(ActivationKind kind, Vector512<float> x) => kind switch
    {
        ActivationKind.Silu => x * Sigmoid(x),
        ActivationKind.Gelu => x * 0.5f * (Vector512<float>.One + ErrorFunction(x * 0.70710678f)),
        ActivationKind.GeluTanh => x * Sigmoid(x * 1.5957691f * Vector512.FusedMultiplyAdd(x * x, Vector512.Create(0.044715f), Vector512<float>.One)), // ½(1 + tanh u) = σ(2u)
        ActivationKind.QuickGelu => x * Sigmoid(x * 1.702f),
        ActivationKind.Relu => Vector512.Max(x, Vector512<float>.Zero),
        ActivationKind.SquaredRelu => Square(Vector512.Max(x, Vector512<float>.Zero)),
        ActivationKind.Tanh => Tanh(x),
        _ => Sigmoid(x),
    };

    /// <summary>tanh x = 2σ(2x) − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x) => (Sigmoid(x + x) * 2f) - Vector512<float>.One;

    /// <summary>The nearest bfloat16 numbers, ties to even, in the lower halves of the lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> ToHalf(Vector512<float> x)
    {
        var bits = x.AsUInt32();
        return (bits + Vector512.Create(0x7FFFu) + ((bits >>> 16) & Vector512<uint>.One)) >>> 16;
    }

    /// <summary>The nearest bfloat16 number, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ToHalf(float x)
    {
        var bits = BitConverter.SingleToUInt32Bits(x);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static Vector512<float> Square(Vector512<float> x) => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <summary>Abramowitz and Stegun 1964, 7.1.26: within 1.5e-7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ErrorFunction(Vector512<float> x)
    {
        var size = Vector512.Abs(x);
        var t = Vector512<float>.One / Vector512.FusedMultiplyAdd(size, Vector512.Create(0.3275911f), Vector512<float>.One);
        var p = Vector512.FusedMultiplyAdd(t, Vector512.Create(1.061405429f), Vector512.Create(-1.453152027f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(1.421413741f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(-0.284496736f));
        p = Vector512.FusedMultiplyAdd(p, t, Vector512.Create(0.254829592f));
        return Vector512.CopySign(Vector512<float>.One - (p * t * Exp(-(x * x))), x);
    }
}
