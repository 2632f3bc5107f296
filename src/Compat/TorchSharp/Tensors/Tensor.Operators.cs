namespace TorchSharp;

public static partial class torch
{
    /// <content>Operators, each on a new tensor.</content>
    public partial class Tensor
    {
        private static readonly Op RsubScalarOp = Op.Find("rsub", "Scalar");

        private static readonly Op DivScalarOp = Op.Find("div", "Scalar");

        private static readonly Op DivTensorOp = Op.Find("div", "Tensor");

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => AddScalarOp.Call(left, right);

        public static Tensor operator +(Tensor left, int right) => AddScalarOp.Call(left, right);

        public static Tensor operator +(Tensor left, long right) => AddScalarOp.Call(left, right);

        public static Tensor operator +(Tensor left, float right) => AddScalarOp.Call(left, (double)right);

        public static Tensor operator +(Tensor left, double right) => AddScalarOp.Call(left, right);

        public static Tensor operator +(Scalar left, Tensor right) => AddScalarOp.Call(right, left);

        public static Tensor operator +(int left, Tensor right) => AddScalarOp.Call(right, left);

        public static Tensor operator +(long left, Tensor right) => AddScalarOp.Call(right, left);

        public static Tensor operator +(float left, Tensor right) => AddScalarOp.Call(right, (double)left);

        public static Tensor operator +(double left, Tensor right) => AddScalarOp.Call(right, left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => SubScalarOp.Call(left, right);

        public static Tensor operator -(Tensor left, int right) => SubScalarOp.Call(left, right);

        public static Tensor operator -(Tensor left, long right) => SubScalarOp.Call(left, right);

        public static Tensor operator -(Tensor left, float right) => SubScalarOp.Call(left, (double)right);

        public static Tensor operator -(Tensor left, double right) => SubScalarOp.Call(left, right);

        public static Tensor operator -(Scalar left, Tensor right) => RsubScalarOp.Call(right, left);

        public static Tensor operator -(int left, Tensor right) => RsubScalarOp.Call(right, left);

        public static Tensor operator -(long left, Tensor right) => RsubScalarOp.Call(right, left);

        public static Tensor operator -(float left, Tensor right) => RsubScalarOp.Call(right, (double)left);

        public static Tensor operator -(double left, Tensor right) => RsubScalarOp.Call(right, left);

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => MulScalarOp.Call(left, right);

        public static Tensor operator *(Tensor left, int right) => MulScalarOp.Call(left, right);

        public static Tensor operator *(Tensor left, long right) => MulScalarOp.Call(left, right);

        public static Tensor operator *(Tensor left, float right) => MulScalarOp.Call(left, (double)right);

        public static Tensor operator *(Tensor left, double right) => MulScalarOp.Call(left, right);

        public static Tensor operator *(Scalar left, Tensor right) => MulScalarOp.Call(right, left);

        public static Tensor operator *(int left, Tensor right) => MulScalarOp.Call(right, left);

        public static Tensor operator *(long left, Tensor right) => MulScalarOp.Call(right, left);

        public static Tensor operator *(float left, Tensor right) => MulScalarOp.Call(right, (double)left);

        public static Tensor operator *(double left, Tensor right) => MulScalarOp.Call(right, left);

        public static Tensor operator /(Tensor left, Tensor right) => DivTensorOp.Call(left, right);

        public static Tensor operator /(Tensor left, Scalar right) => DivScalarOp.Call(left, right);

        public static Tensor operator /(Tensor left, int right) => DivScalarOp.Call(left, right);

        public static Tensor operator /(Tensor left, long right) => DivScalarOp.Call(left, right);

        public static Tensor operator /(Tensor left, float right) => DivScalarOp.Call(left, (double)right);

        public static Tensor operator /(Tensor left, double right) => DivScalarOp.Call(left, right);

        public static Tensor operator /(Scalar left, Tensor right) => Divide(left, right);

        public static Tensor operator /(int left, Tensor right) => Divide(left, right);

        public static Tensor operator /(long left, Tensor right) => Divide(left, right);

        public static Tensor operator /(float left, Tensor right) => Divide((double)left, right);

        public static Tensor operator /(double left, Tensor right) => Divide(left, right);

        public static Tensor operator %(Tensor left, Tensor right) => left.remainder(right);

        public static Tensor operator %(Tensor left, Scalar right) => RemainderScalarOp.Call(left, right);

        public static Tensor operator %(Tensor left, int right) => RemainderScalarOp.Call(left, right);

        public static Tensor operator %(Tensor left, long right) => RemainderScalarOp.Call(left, right);

        public static Tensor operator %(Tensor left, float right) => RemainderScalarOp.Call(left, (double)right);

        public static Tensor operator %(Tensor left, double right) => RemainderScalarOp.Call(left, right);

        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);

        public static Tensor operator ==(Tensor left, Scalar right) => left.eq(right);

        public static Tensor operator ==(Scalar left, Tensor right) => right.eq(left);

        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);

        public static Tensor operator !=(Tensor left, Scalar right) => left.ne(right);

        public static Tensor operator !=(Scalar left, Tensor right) => right.ne(left);

        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        public static Tensor operator <(Scalar left, Tensor right) => right.gt(left);

        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        public static Tensor operator <=(Scalar left, Tensor right) => right.ge(left);

        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        public static Tensor operator >(Scalar left, Tensor right) => right.lt(left);

        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        public static Tensor operator >=(Scalar left, Tensor right) => right.le(left);

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public static Tensor operator ~(Tensor left) => left.bitwise_not();

        public static Tensor operator &(Tensor left, Tensor right) => left.bitwise_and(right);

        public static Tensor operator |(Tensor left, Tensor right) => left.bitwise_or(right);

        public static Tensor operator ^(Tensor left, Tensor right) => left.bitwise_xor(right);

        private static Tensor Divide(Arg left, Tensor right)
        {
            using var reciprocal = right.reciprocal();
            return MulScalarOp.Call(reciprocal, left);
        }
    }
}
