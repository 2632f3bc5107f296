using System.Runtime.CompilerServices;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Checks of arguments at the boundary of an objective; messages carry both sides.</summary>
internal static class TensorGuard
{
    public static void SameShape(
        Tensor left,
        Tensor right,
        [CallerArgumentExpression(nameof(left))] string leftName = "",
        [CallerArgumentExpression(nameof(right))] string rightName = "")
    {
        if (!left.shape.AsSpan().SequenceEqual(right.shape))
        {
            throw new ArgumentException($"{rightName} has shape {Text(right)}, {leftName} has {Text(left)}; they must agree", rightName);
        }
    }

    public static void Mask(Tensor values, Tensor mask)
    {
        SameShape(values, mask);
        if (mask.dtype != ScalarType.Bool)
        {
            throw new ArgumentException($"a mask is boolean, got {mask.dtype}", nameof(mask));
        }
    }

    public static void Vector(Tensor values, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        if (values.dim() != 1)
        {
            throw new ArgumentException($"{name} must be [B], got {Text(values)}", name);
        }
    }

    public static void Scalar(Tensor value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value.dim() != 0)
        {
            throw new ArgumentException($"{name} must be a scalar, got {Text(value)}", name);
        }
    }

    public static void NoGrad(Tensor values, [CallerArgumentExpression(nameof(values))] string name = "")
    {
        if (values.requires_grad)
        {
            throw new ArgumentException($"{name} carries gradient; it must come from a frozen model or be detached", name);
        }
    }

    private static string Text(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
