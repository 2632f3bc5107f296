using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            private static readonly Op NormOp = Op.Find("norm", "Scalar");
            private static readonly Op StackOp = Op.Find("stack");

            /// <summary>Scales all gradients so that their norm together is at most <paramref name="max_norm"/>; returns it as it was before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using var gradless = no_grad();
                using var scope = NewDisposeScope();
                var grads = new List<Tensor>(tensors.TryGetNonEnumeratedCount(out var count) ? count : 0);
                foreach (var parameter in tensors)
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

                var total = norm_type == 2 && grads.TrueForAll(grad => grad.IsPlain) ? Length(grads) : Norm(grads, norm_type);
                var scale = max_norm / (total + 1e-6);
                if (!(scale >= 1))
                {
                    foreach (var grad in grads)
                    {
                        grad.mul_(scale);
                    }
                }

                return total;
            }

            private static double Norm(List<Tensor> grads, double type)
            {
                var norms = grads.ConvertAll(grad => NormOp.Call(grad, type).to(ScalarType.Float32, grads[0].device)).ToArray();
                return NormOp.Call(StackOp.Call(norms), type).ToDouble();
            }

            private static unsafe double Length(List<Tensor> grads)
            {
                var sum = 0.0;
                foreach (var grad in grads)
                {
                    sum += Native.ak_sum_squares(grad.DataPointer(), grad.NumberOfElements);
                }

                GC.KeepAlive(grads);
                return Math.Sqrt(sum);
            }
        }
    }
}
