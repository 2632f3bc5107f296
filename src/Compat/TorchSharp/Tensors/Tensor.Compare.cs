namespace TorchSharp;

public static partial class torch
{
    /// <content>Comparisons.</content>
    public partial class Tensor
    {
        private static readonly Op AllcloseOp = Op.Find("allclose");
        private static readonly Op EqScalarOp = Op.Find("eq", "Scalar");
        private static readonly Op EqTensorOp = Op.Find("eq", "Tensor");
        private static readonly Op EqualOp = Op.Find("equal");
        private static readonly Op GeScalarOp = Op.Find("ge", "Scalar");
        private static readonly Op GeTensorOp = Op.Find("ge", "Tensor");
        private static readonly Op GtScalarOp = Op.Find("gt", "Scalar");
        private static readonly Op GtTensorOp = Op.Find("gt", "Tensor");
        private static readonly Op LeScalarOp = Op.Find("le", "Scalar");
        private static readonly Op LeTensorOp = Op.Find("le", "Tensor");
        private static readonly Op LtScalarOp = Op.Find("lt", "Scalar");
        private static readonly Op LtTensorOp = Op.Find("lt", "Tensor");
        private static readonly Op NeScalarOp = Op.Find("ne", "Scalar");
        private static readonly Op NeTensorOp = Op.Find("ne", "Tensor");

        public Tensor eq(Tensor target) => EqTensorOp.Call(this, target);

        public Tensor eq(Scalar target) => EqScalarOp.Call(this, target);

        public Tensor ne(Tensor target) => NeTensorOp.Call(this, target);

        public Tensor ne(Scalar target) => NeScalarOp.Call(this, target);

        public Tensor lt(Tensor target) => LtTensorOp.Call(this, target);

        public Tensor lt(Scalar target) => LtScalarOp.Call(this, target);

        public Tensor le(Tensor target) => LeTensorOp.Call(this, target);

        public Tensor le(Scalar target) => LeScalarOp.Call(this, target);

        public Tensor gt(Tensor target) => GtTensorOp.Call(this, target);

        public Tensor gt(Scalar target) => GtScalarOp.Call(this, target);

        public Tensor ge(Tensor target) => GeTensorOp.Call(this, target);

        public Tensor ge(Scalar target) => GeScalarOp.Call(this, target);

        public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) => AllcloseOp.CallBool(this, target, rtol, atol, equal_nan);

        public bool Equals(Tensor target) => target is not null && EqualOp.CallBool(this, target);

        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
