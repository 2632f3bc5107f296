namespace TorchSharp;

public static partial class torch
{
    /// <content>Arithmetic.</content>
    public partial class Tensor
    {
        private static readonly Op AddInPlaceScalarOp = Op.Find("add_", "Scalar");
        private static readonly Op AddInPlaceTensorOp = Op.Find("add_", "Tensor");
        private static readonly Op AddScalarOp = Op.Find("add", "Scalar");
        private static readonly Op AddTensorOp = Op.Find("add", "Tensor");
        private static readonly Op AddcdivInPlaceOp = Op.Find("addcdiv_");
        private static readonly Op AddcmulInPlaceOp = Op.Find("addcmul_");
        private static readonly Op AddmmInPlaceOp = Op.Find("addmm_");
        private static readonly Op BmmOp = Op.Find("bmm");
        private static readonly Op DivInPlaceScalarModeOp = Op.Find("div_", "Scalar_mode");
        private static readonly Op DivInPlaceTensorModeOp = Op.Find("div_", "Tensor_mode");
        private static readonly Op DivScalarModeOp = Op.Find("div", "Scalar_mode");
        private static readonly Op DivTensorModeOp = Op.Find("div", "Tensor_mode");
        private static readonly Op MatmulOp = Op.Find("matmul");
        private static readonly Op MmOp = Op.Find("mm");
        private static readonly Op MulInPlaceScalarOp = Op.Find("mul_", "Scalar");
        private static readonly Op MulInPlaceTensorOp = Op.Find("mul_", "Tensor");
        private static readonly Op MulScalarOp = Op.Find("mul", "Scalar");
        private static readonly Op MulTensorOp = Op.Find("mul", "Tensor");
        private static readonly Op NegInPlaceOp = Op.Find("neg_");
        private static readonly Op NegOp = Op.Find("neg");
        private static readonly Op PowTensorScalarOp = Op.Find("pow", "Tensor_Scalar");
        private static readonly Op PowTensorTensorOp = Op.Find("pow", "Tensor_Tensor");
        private static readonly Op RemainderScalarOp = Op.Find("remainder", "Scalar");
        private static readonly Op RemainderTensorOp = Op.Find("remainder", "Tensor");
        private static readonly Op SubInPlaceScalarOp = Op.Find("sub_", "Scalar");
        private static readonly Op SubInPlaceTensorOp = Op.Find("sub_", "Tensor");
        private static readonly Op SubScalarOp = Op.Find("sub", "Scalar");
        private static readonly Op SubTensorOp = Op.Find("sub", "Tensor");

        public Tensor add(Tensor target) => AddTensorOp.Call(this, target);

        public Tensor add(Tensor target, Scalar alpha) => AddTensorOp.Call(this, target, alpha);

        public Tensor add(Scalar scalar) => AddScalarOp.Call(this, scalar);

        public Tensor add(Scalar scalar, Scalar alpha) => AddScalarOp.Call(this, scalar, alpha);

        public Tensor add_(Tensor target) => AddInPlaceTensorOp.CallInPlace(this, target);

        public Tensor add_(Tensor target, Scalar alpha) => AddInPlaceTensorOp.CallInPlace(this, target, alpha);

        public Tensor add_(Scalar scalar) => AddInPlaceScalarOp.CallInPlace(this, scalar);

        public Tensor add_(Scalar scalar, Scalar alpha) => AddInPlaceScalarOp.CallInPlace(this, scalar, alpha);

        public Tensor sub(Tensor target) => SubTensorOp.Call(this, target);

        public Tensor sub(Scalar target) => SubScalarOp.Call(this, target);

        public Tensor sub_(Tensor target) => SubInPlaceTensorOp.CallInPlace(this, target);

        public Tensor sub_(Scalar target) => SubInPlaceScalarOp.CallInPlace(this, target);

        public Tensor mul(Tensor target) => MulTensorOp.Call(this, target);

        public Tensor mul(Scalar target) => MulScalarOp.Call(this, target);

        public Tensor mul_(Tensor target) => MulInPlaceTensorOp.CallInPlace(this, target);

        public Tensor mul_(Scalar target) => MulInPlaceScalarOp.CallInPlace(this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => DivTensorModeOp.Call(this, target, RoundingName(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => DivScalarModeOp.Call(this, target, RoundingName(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => DivInPlaceTensorModeOp.CallInPlace(this, target, RoundingName(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => DivInPlaceScalarModeOp.CallInPlace(this, target, RoundingName(rounding_mode));

        public Tensor remainder(Tensor target) => RemainderTensorOp.Call(this, target);

        public Tensor remainder(Scalar scalar) => RemainderScalarOp.Call(this, scalar);

        public Tensor pow(Tensor exponent) => PowTensorTensorOp.Call(this, exponent);

        public Tensor pow(Scalar exponent) => PowTensorScalarOp.Call(this, exponent);

        public Tensor neg() => NegOp.Call(this);

        public Tensor neg_() => NegInPlaceOp.CallInPlace(this);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => AddcmulInPlaceOp.CallInPlace(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => AddcdivInPlaceOp.CallInPlace(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => AddcdivInPlaceOp.CallInPlace(this, tensor1, tensor2);

        public Tensor matmul(Tensor target) => MatmulOp.Call(this, target);

        public Tensor mm(Tensor target) => MmOp.Call(this, target);

        public Tensor bmm(Tensor batch2) => BmmOp.Call(this, batch2);

        public Tensor addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => AddmmInPlaceOp.CallInPlace(this, mat1, mat2, (double)beta, (double)alpha);

        private static string? RoundingName(RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
    }
}
