namespace TorchSharp;

public static partial class torch
{
    /// <content>Functions of each element.</content>
    public partial class Tensor
    {
        private static readonly Op AbsInPlaceOp = Op.Find("abs_");
        private static readonly Op AbsOp = Op.Find("abs");
        private static readonly Op BitwiseAndTensorOp = Op.Find("bitwise_and", "Tensor");
        private static readonly Op BitwiseNotOp = Op.Find("bitwise_not");
        private static readonly Op BitwiseOrTensorOp = Op.Find("bitwise_or", "Tensor");
        private static readonly Op BitwiseXorTensorOp = Op.Find("bitwise_xor", "Tensor");
        private static readonly Op CeilOp = Op.Find("ceil");
        private static readonly Op ClampInPlaceOp = Op.Find("clamp_");
        private static readonly Op ClampInPlaceTensorOp = Op.Find("clamp_", "Tensor");
        private static readonly Op ClampMaxInPlaceOp = Op.Find("clamp_max_");
        private static readonly Op ClampMaxOp = Op.Find("clamp_max");
        private static readonly Op ClampMinInPlaceOp = Op.Find("clamp_min_");
        private static readonly Op ClampMinOp = Op.Find("clamp_min");
        private static readonly Op ClampOp = Op.Find("clamp");
        private static readonly Op ClampTensorOp = Op.Find("clamp", "Tensor");
        private static readonly Op CosOp = Op.Find("cos");
        private static readonly Op ErfOp = Op.Find("erf");
        private static readonly Op ExpInPlaceOp = Op.Find("exp_");
        private static readonly Op ExpOp = Op.Find("exp");
        private static readonly Op Expm1Op = Op.Find("expm1");
        private static readonly Op FloorOp = Op.Find("floor");
        private static readonly Op GeluOp = Op.Find("gelu");
        private static readonly Op IsfiniteOp = Op.Find("isfinite");
        private static readonly Op IsinfOp = Op.Find("isinf");
        private static readonly Op IsnanOp = Op.Find("isnan");
        private static readonly Op Log1pOp = Op.Find("log1p");
        private static readonly Op Log2Op = Op.Find("log2");
        private static readonly Op LogInPlaceOp = Op.Find("log_");
        private static readonly Op LogOp = Op.Find("log");
        private static readonly Op LogSigmoidOp = Op.Find("log_sigmoid");
        private static readonly Op LogicalAndInPlaceOp = Op.Find("logical_and_");
        private static readonly Op LogicalAndOp = Op.Find("logical_and");
        private static readonly Op LogicalNotInPlaceOp = Op.Find("logical_not_");
        private static readonly Op LogicalNotOp = Op.Find("logical_not");
        private static readonly Op LogicalOrInPlaceOp = Op.Find("logical_or_");
        private static readonly Op LogicalOrOp = Op.Find("logical_or");
        private static readonly Op LogicalXorOp = Op.Find("logical_xor");
        private static readonly Op MaximumOp = Op.Find("maximum");
        private static readonly Op MinimumOp = Op.Find("minimum");
        private static readonly Op NanToNumOp = Op.Find("nan_to_num");
        private static readonly Op ReciprocalInPlaceOp = Op.Find("reciprocal_");
        private static readonly Op ReciprocalOp = Op.Find("reciprocal");
        private static readonly Op ReluInPlaceOp = Op.Find("relu_");
        private static readonly Op ReluOp = Op.Find("relu");
        private static readonly Op RoundDecimalsOp = Op.Find("round", "decimals");
        private static readonly Op RsqrtInPlaceOp = Op.Find("rsqrt_");
        private static readonly Op RsqrtOp = Op.Find("rsqrt");
        private static readonly Op SigmoidInPlaceOp = Op.Find("sigmoid_");
        private static readonly Op SigmoidOp = Op.Find("sigmoid");
        private static readonly Op SignOp = Op.Find("sign");
        private static readonly Op SiluOp = Op.Find("silu");
        private static readonly Op SinOp = Op.Find("sin");
        private static readonly Op SoftplusOp = Op.Find("softplus");
        private static readonly Op SqrtInPlaceOp = Op.Find("sqrt_");
        private static readonly Op SqrtOp = Op.Find("sqrt");
        private static readonly Op SquareOp = Op.Find("square");
        private static readonly Op TanhInPlaceOp = Op.Find("tanh_");
        private static readonly Op TanhOp = Op.Find("tanh");
        private static readonly Op TruncOp = Op.Find("trunc");
        private static readonly Op WhereSelfOp = Op.Find("where", "self");

        public Tensor abs() => AbsOp.Call(this);

        public Tensor abs_() => AbsInPlaceOp.CallInPlace(this);

        public Tensor ceil() => CeilOp.Call(this);

        public Tensor floor() => FloorOp.Call(this);

        public Tensor round(long decimals = 0) => RoundDecimalsOp.Call(this, decimals);

        public Tensor trunc() => TruncOp.Call(this);

        public Tensor sign() => SignOp.Call(this);

        public Tensor square() => SquareOp.Call(this);

        public Tensor sqrt() => SqrtOp.Call(this);

        public Tensor sqrt_() => SqrtInPlaceOp.CallInPlace(this);

        public Tensor rsqrt() => RsqrtOp.Call(this);

        public Tensor rsqrt_() => RsqrtInPlaceOp.CallInPlace(this);

        public Tensor reciprocal() => ReciprocalOp.Call(this);

        public Tensor reciprocal_() => ReciprocalInPlaceOp.CallInPlace(this);

        public Tensor exp() => ExpOp.Call(this);

        public Tensor exp_() => ExpInPlaceOp.CallInPlace(this);

        public Tensor expm1() => Expm1Op.Call(this);

        public Tensor log() => LogOp.Call(this);

        public Tensor log_() => LogInPlaceOp.CallInPlace(this);

        public Tensor log1p() => Log1pOp.Call(this);

        public Tensor log2() => Log2Op.Call(this);

        public Tensor erf() => ErfOp.Call(this);

        public Tensor sin() => SinOp.Call(this);

        public Tensor cos() => CosOp.Call(this);

        public Tensor tanh() => TanhOp.Call(this);

        public Tensor tanh_() => TanhInPlaceOp.CallInPlace(this);

        public Tensor sigmoid() => SigmoidOp.Call(this);

        public Tensor sigmoid_() => SigmoidInPlaceOp.CallInPlace(this);

        public Tensor log_sigmoid() => LogSigmoidOp.Call(this);

        public Tensor relu() => ReluOp.Call(this);

        public Tensor relu_() => ReluInPlaceOp.CallInPlace(this);

        public Tensor gelu() => GeluOp.Call(this);

        public Tensor silu() => SiluOp.Call(this);

        public Tensor softplus(double beta = 1, double threshold = 20) => SoftplusOp.Call(this, beta, threshold);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => ClampOp.Call(this, min, max);

        public Tensor clamp(Tensor? min = null, Tensor? max = null) => ClampTensorOp.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => ClampInPlaceOp.CallInPlace(this, min, max);

        public Tensor clamp_(Tensor? min = null, Tensor? max = null) => ClampInPlaceTensorOp.CallInPlace(this, min, max);

        public Tensor clip(Scalar? min = null, Scalar? max = null) => clamp(min, max);

        public Tensor clamp_max(Scalar max) => ClampMaxOp.Call(this, max);

        public Tensor clamp_min(Scalar min) => ClampMinOp.Call(this, min);

        public Tensor clamp_min_(Scalar min) => ClampMinInPlaceOp.CallInPlace(this, min);

        public Tensor clamp_max_(Scalar max) => ClampMaxInPlaceOp.CallInPlace(this, max);

        public Tensor maximum(Tensor other) => MaximumOp.Call(this, other);

        public Tensor minimum(Tensor other) => MinimumOp.Call(this, other);

        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => NanToNumOp.Call(this, nan, posinf, neginf);

        public Tensor where(Tensor condition, Tensor y) => WhereSelfOp.Call(condition, this, y);

        public Tensor isnan() => IsnanOp.Call(this);

        public Tensor isinf() => IsinfOp.Call(this);

        public Tensor isfinite() => IsfiniteOp.Call(this);

        public Tensor logical_and(Tensor other) => LogicalAndOp.Call(this, other);

        public Tensor logical_and_(Tensor other) => LogicalAndInPlaceOp.CallInPlace(this, other);

        public Tensor logical_or(Tensor other) => LogicalOrOp.Call(this, other);

        public Tensor logical_or_(Tensor other) => LogicalOrInPlaceOp.CallInPlace(this, other);

        public Tensor logical_xor(Tensor other) => LogicalXorOp.Call(this, other);

        public Tensor logical_not() => LogicalNotOp.Call(this);

        public Tensor logical_not_() => LogicalNotInPlaceOp.CallInPlace(this);

        public Tensor bitwise_and(Tensor other) => BitwiseAndTensorOp.Call(this, other);

        public Tensor bitwise_or(Tensor other) => BitwiseOrTensorOp.Call(this, other);

        public Tensor bitwise_xor(Tensor other) => BitwiseXorTensorOp.Call(this, other);

        public Tensor bitwise_not() => BitwiseNotOp.Call(this);
    }
}
