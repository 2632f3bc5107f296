using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            private static readonly Op SoftmaxOp = Op.Find("softmax", "int");
            private static readonly Op LogSoftmaxOp = Op.Find("log_softmax", "int");
            private static readonly Op LogSigmoidOp = Op.Find("log_sigmoid");
            private static readonly Op SiluOp = Op.Find("silu");
            private static readonly Op SiluInPlaceOp = Op.Find("silu_");
            private static readonly Op ReluOp = Op.Find("relu");
            private static readonly Op ReluInPlaceOp = Op.Find("relu_");
            private static readonly Op GeluOp = Op.Find("gelu");
            private static readonly Op GeluInPlaceOp = Op.Find("gelu_");

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) =>
                SoftmaxOp.Call(input, dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => LogSoftmaxOp.Call(x, dim);

            public static Tensor logsigmoid(Tensor x) => LogSigmoidOp.Call(x);

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? SiluInPlaceOp.CallInPlace(x) : SiluOp.Call(x);

            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? ReluInPlaceOp.CallInPlace(x) : ReluOp.Call(x);

            public static Tensor gelu(Tensor x) => GeluOp.Call(x, "none");

            public static Tensor gelu(Tensor x, GELU.Approximate approximate, bool inplace = false)
            {
                var form = approximate == GELU.Approximate.tanh ? "tanh" : "none";
                return inplace ? GeluInPlaceOp.CallInPlace(x, form) : GeluOp.Call(x, form);
            }
        }
    }
}
