using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            private static readonly Op MulInPlaceOp = Op.Find("mul_", "Scalar");
            private static readonly Op NormOp = Op.Find("norm", "Scalar");
            private static readonly Op StackOp = Op.Find("stack");

            /// <summary>Scales all gradients so that their norm together is at most <paramref name="max_norm"/>; returns it as it was before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var gradless = no_grad();
                var parameters = tensors as IReadOnlyList<Parameter> ?? [.. tensors];
                var total = (norm_type == 2 ? Length(parameters) : null) ?? Norm(parameters, norm_type);
                var scale = max_norm / (total + 1e-6);
                for (var k = 0; k < parameters.Count && !(scale >= 1); k++)
                {
                    using var grad = new RawGradient(parameters[k]);
                    if (grad.IsThere)
                    {
                        MulInPlaceOp.CallVoid(grad.Argument, scale);
                    }
                }

                return total;
            }

            private static double Norm(IReadOnlyList<Parameter> parameters, double type)
            {
                using var scope = NewDisposeScope();
                var grads = new List<Tensor>(parameters.Count);
                foreach (var parameter in parameters)
                {
                    if (parameter.grad is { } grad)
                    {
                        grads.Add(grad);
                    }
                }

                if (grads.Count == 0)
                {
                    return 0;
                }

                var norms = grads.ConvertAll(grad => NormOp.Call(grad, type).to(ScalarType.Float32, grads[0].device)).ToArray();
                return NormOp.Call(StackOp.Call(norms), type).ToDouble();
            }

            /// <summary>Null where a gradient is such as the kernel does not read.</summary>
            private static unsafe double? Length(IReadOnlyList<Parameter> parameters)
            {
                var sum = 0.0;
                for (var k = 0; k < parameters.Count; k++)
                {
                    using var grad = new RawGradient(parameters[k]);
                    if (grad.IsThere && !grad.IsPlain)
                    {
                        return null;
                    }

                    sum += grad.IsThere ? Native.ak_sum_squares(grad.Data, grad.Count) : 0;
                }

                return Math.Sqrt(sum);
            }
        }
    }
}
