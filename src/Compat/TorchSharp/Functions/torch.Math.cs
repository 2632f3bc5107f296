namespace TorchSharp;

public static partial class torch
{
    public static Tensor abs(Tensor input) =>
        input.abs();

    public static Tensor add(Tensor left, Tensor right) =>
        left.add(right);

    public static Tensor add(Tensor left, Scalar right) =>
        left.add(right);

    public static Tensor add(Tensor left, Tensor right, Scalar alpha) =>
        left.add(right, alpha);

    public static Tensor add(Tensor left, Scalar right, Scalar alpha) =>
        left.add(right, alpha);

    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) =>
        input.addmm(mat1, mat2, beta, alpha);

    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
        input.baddbmm(batch1, batch2, beta, alpha);

    public static Tensor bmm(Tensor input, Tensor batch2) =>
        input.bmm(batch2);

    public static Tensor ceil(Tensor input) =>
        input.ceil();

    public static Tensor clamp(Tensor input, Scalar? min = null, Scalar? max = null) =>
        input.clamp(min, max);

    public static Tensor clamp(Tensor input, Tensor? min = null, Tensor? max = null) =>
        input.clamp(min, max);

    public static Tensor clamp_(Tensor input, Scalar? min = null, Scalar? max = null) =>
        input.clamp_(min, max);

    public static Tensor clamp_(Tensor input, Tensor? min = null, Tensor? max = null) =>
        input.clamp_(min, max);

    public static Tensor cos(Tensor input) =>
        input.cos();

    public static Tensor cumprod(Tensor input, long dim, ScalarType? dtype = null) =>
        input.cumprod(dim, dtype);

    public static Tensor cumsum(Tensor input, long dim, ScalarType? type = null) =>
        input.cumsum(dim, type);

    public static Tensor div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) =>
        left.div(right, rounding_mode);

    public static Tensor div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) =>
        left.div(right, rounding_mode);

    public static Tensor dot(Tensor input, Tensor other) =>
        input.dot(other);

    public static Tensor erf(Tensor input) =>
        input.erf();

    public static Tensor exp(Tensor input) =>
        input.exp();

    public static Tensor exp_(Tensor input) =>
        input.exp_();

    public static Tensor expm1(Tensor input) =>
        input.expm1();

    public static Tensor floor(Tensor input) =>
        input.floor();

    public static Tensor floor_divide(Tensor input, Tensor other) =>
        input.floor_divide(other);

    public static Tensor fmod(Tensor left, Tensor right) =>
        left.fmod(right);

    public static Tensor fmod(Tensor left, Scalar right) =>
        left.fmod(right);

    public static Tensor lerp(Tensor input, Tensor end, Tensor weight) =>
        input.lerp(end, weight);

    public static Tensor log(Tensor input) =>
        input.log();

    public static Tensor log1p(Tensor input) =>
        input.log1p();

    public static Tensor log2(Tensor input) =>
        input.log2();

    public static Tensor matmul(Tensor input, Tensor target) =>
        input.matmul(target);

    public static Tensor maximum(Tensor input, Tensor other) =>
        input.maximum(other);

    public static Tensor minimum(Tensor input, Tensor other) =>
        input.minimum(other);

    public static Tensor mm(Tensor input, Tensor target) =>
        input.mm(target);

    public static Tensor mul(Tensor left, Tensor right) =>
        left.mul(right);

    public static Tensor mul(Tensor left, Scalar right) =>
        left.mul(right);

    public static Tensor mv(Tensor input, Tensor target) =>
        input.mv(target);

    public static Tensor nan_to_num(Tensor input, double nan = 0, double? posinf = null, double? neginf = null) =>
        input.nan_to_num(nan, posinf, neginf);

    public static Tensor neg(Tensor input) =>
        input.neg();

    public static Tensor outer(Tensor input, Tensor vec2) =>
        input.outer(vec2);

    public static Tensor pow(Tensor left, Tensor exponent) =>
        left.pow(exponent);

    public static Tensor pow(Tensor left, Scalar exponent) =>
        left.pow(exponent);

    public static Tensor reciprocal(Tensor input) =>
        input.reciprocal();

    public static Tensor remainder(Tensor left, Tensor right) =>
        left.remainder(right);

    public static Tensor remainder(Tensor left, Scalar right) =>
        left.remainder(right);

    public static Tensor round(Tensor input, long decimals = 0) =>
        input.round(decimals);

    public static Tensor rsqrt(Tensor input) =>
        input.rsqrt();

    public static Tensor rsqrt_(Tensor input) =>
        input.rsqrt_();

    public static Tensor sigmoid(Tensor input) =>
        input.sigmoid();

    public static Tensor sigmoid_(Tensor input) =>
        input.sigmoid_();

    public static Tensor sign(Tensor input) =>
        input.sign();

    public static Tensor sin(Tensor input) =>
        input.sin();

    public static Tensor sqrt(Tensor input) =>
        input.sqrt();

    public static Tensor sqrt_(Tensor input) =>
        input.sqrt_();

    public static Tensor square(Tensor input) =>
        input.square();

    public static Tensor sub(Tensor left, Tensor right) =>
        left.sub(right);

    public static Tensor sub(Tensor left, Scalar right) =>
        left.sub(right);

    public static Tensor tanh(Tensor input) =>
        input.tanh();

    public static Tensor trunc(Tensor input) =>
        input.trunc();

    public static Tensor logical_and(Tensor left, Tensor right) =>
        left.logical_and(right);

    public static Tensor logical_or(Tensor left, Tensor right) =>
        left.logical_or(right);

    public static Tensor logical_xor(Tensor left, Tensor right) =>
        left.logical_xor(right);

    public static Tensor logical_not(Tensor input) =>
        input.logical_not();

    public static Tensor bitwise_and(Tensor left, Tensor right) =>
        left.bitwise_and(right);

    public static Tensor bitwise_or(Tensor left, Tensor right) =>
        left.bitwise_or(right);

    public static Tensor bitwise_xor(Tensor left, Tensor right) =>
        left.bitwise_xor(right);

    public static Tensor bitwise_not(Tensor input) =>
        input.bitwise_not();

    public static Tensor eq(Tensor left, Tensor right) =>
        left.eq(right);

    public static Tensor ne(Tensor left, Tensor right) =>
        left.ne(right);

    public static Tensor lt(Tensor left, Tensor right) =>
        left.lt(right);

    public static Tensor le(Tensor left, Tensor right) =>
        left.le(right);

    public static Tensor gt(Tensor left, Tensor right) =>
        left.gt(right);

    public static Tensor ge(Tensor left, Tensor right) =>
        left.ge(right);

    public static Tensor equal(Tensor tensor, Tensor target) =>
        tensor.equal(target);

    public static bool allclose(Tensor tensor, Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
        tensor.allclose(target, rtol, atol, equal_nan);

    public static Tensor isnan(Tensor input) =>
        input.isnan();

    public static Tensor isinf(Tensor tensor) =>
        tensor.isinf();

    public static Tensor isfinite(Tensor tensor) =>
        tensor.isfinite();
}
