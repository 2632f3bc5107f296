namespace TorchSharp;

public static partial class torch
{
    /// <content>Functions of each element.</content>
    public partial class Tensor
    {
        private static readonly Op AbsOp = Op.Find("abs");
        private static readonly Op BitwiseAndTensorOp = Op.Find("bitwise_and", "Tensor");
        private static readonly Op BitwiseNotOp = Op.Find("bitwise_not");
        private static readonly Op BitwiseOrTensorOp = Op.Find("bitwise_or", "Tensor");
        private static readonly Op BitwiseXorTensorOp = Op.Find("bitwise_xor", "Tensor");
        private static readonly Op ClampInPlaceOp = Op.Find("clamp_");
        private static readonly Op ClampInPlaceTensorOp = Op.Find("clamp_", "Tensor");
        private static readonly Op ClampOp = Op.Find("clamp");
        private static readonly Op ClampTensorOp = Op.Find("clamp", "Tensor");
        private static readonly Op CosOp = Op.Find("cos");
        private static readonly Op ErfOp = Op.Find("erf");
        private static readonly Op ExpInPlaceOp = Op.Find("exp_");
        private static readonly Op ExpOp = Op.Find("exp");
        private static readonly Op Expm1Op = Op.Find("expm1");
        private static readonly Op IsfiniteOp = Op.Find("isfinite");
        private static readonly Op IsnanOp = Op.Find("isnan");
        private static readonly Op Log1pOp = Op.Find("log1p");
        private static readonly Op LogOp = Op.Find("log");
        private static readonly Op LogicalNotOp = Op.Find("logical_not");
        private static readonly Op MaximumOp = Op.Find("maximum");
        private static readonly Op MinimumOp = Op.Find("minimum");
        private static readonly Op ReciprocalOp = Op.Find("reciprocal");
        private static readonly Op ReluOp = Op.Find("relu");
        private static readonly Op RsqrtInPlaceOp = Op.Find("rsqrt_");
        private static readonly Op RsqrtOp = Op.Find("rsqrt");
        private static readonly Op SigmoidOp = Op.Find("sigmoid");
        private static readonly Op SinOp = Op.Find("sin");
        private static readonly Op SqrtOp = Op.Find("sqrt");
        private static readonly Op SquareOp = Op.Find("square");
        private static readonly Op TanhOp = Op.Find("tanh");
        private static readonly Op WhereSelfOp = Op.Find("where", "self");

        public Tensor abs() => AbsOp.Call(this);

        public Tensor square() => SquareOp.Call(this);

        public Tensor sqrt() => SqrtOp.Call(this);

        public Tensor rsqrt() => RsqrtOp.Call(this);

        public Tensor rsqrt_() => RsqrtInPlaceOp.CallInPlace(this);

        public Tensor reciprocal() => ReciprocalOp.Call(this);

        public Tensor exp() => ExpOp.Call(this);

        public Tensor exp_() => ExpInPlaceOp.CallInPlace(this);

        public Tensor expm1() => Expm1Op.Call(this);

        public Tensor log() => LogOp.Call(this);

        public Tensor log1p() => Log1pOp.Call(this);

        public Tensor erf() => ErfOp.Call(this);

        public Tensor sin() => SinOp.Call(this);

        public Tensor cos() => CosOp.Call(this);

        public Tensor tanh() => TanhOp.Call(this);

        public Tensor sigmoid() => SigmoidOp.Call(this);

        public Tensor relu() => ReluOp.Call(this);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => ClampOp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => ClampTensorOp.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => ClampInPlaceOp.CallInPlace(this, min, max);

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => ClampInPlaceTensorOp.CallInPlace(this, min, max);

        public Tensor maximum(Tensor other) => MaximumOp.Call(this, other);

        public Tensor minimum(Tensor other) => MinimumOp.Call(this, other);

        public Tensor where(Tensor condition, Tensor y) => WhereSelfOp.Call(condition, this, y);

        public Tensor isnan() => IsnanOp.Call(this);

        public Tensor isfinite() => IsfiniteOp.Call(this);

        public Tensor logical_not() => LogicalNotOp.Call(this);

        public Tensor bitwise_and(Tensor other) => BitwiseAndTensorOp.Call(this, other);

        public Tensor bitwise_or(Tensor other) => BitwiseOrTensorOp.Call(this, other);

        public Tensor bitwise_xor(Tensor other) => BitwiseXorTensorOp.Call(this, other);

        public Tensor bitwise_not() => BitwiseNotOp.Call(this);
    }
}
