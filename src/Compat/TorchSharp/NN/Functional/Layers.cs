namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op LinearOp = Op.Find("linear");
            private static readonly Op DropoutOp = Op.Find("dropout");
            private static readonly Op DropoutInPlaceOp = Op.Find("dropout_");
            private static readonly Op LayerNormOp = Op.Find("layer_norm");

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => LinearOp.Call(input, weights, bias);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? DropoutInPlaceOp.CallInPlace(input, p, training) : DropoutOp.Call(input, p, training);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                LayerNormOp.Call(input, normalized_shape, weight, bias, eps);
        }
    }
}
