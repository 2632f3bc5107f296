namespace TorchSharp;

public static partial class torch
{
    /// <content>Elements chosen by index tensors and masks.</content>
    public partial class Tensor
    {
        private static readonly Op BucketizeTensorOp = Op.Find("bucketize", "Tensor");
        private static readonly Op GatherOp = Op.Find("gather");
        private static readonly Op IndexAddOp = Op.Find("index_add");
        private static readonly Op IndexAddInPlaceOp = Op.Find("index_add_");
        private static readonly Op IndexCopyInPlaceOp = Op.Find("index_copy_");
        private static readonly Op IndexSelectOp = Op.Find("index_select");
        private static readonly Op MaskedFillInPlaceScalarOp = Op.Find("masked_fill_", "Scalar");
        private static readonly Op MaskedFillScalarOp = Op.Find("masked_fill", "Scalar");
        private static readonly Op MultinomialOp = Op.Find("multinomial");
        private static readonly Op NarrowOp = Op.Find("narrow");
        private static readonly Op NonzeroOp = Op.Find("nonzero");
        private static readonly Op ScatterAddInPlaceOp = Op.Find("scatter_add_");
        private static readonly Op ScatterAddOp = Op.Find("scatter_add");
        private static readonly Op SelectIntOp = Op.Find("select", "int");

        public Tensor gather(long dim, Tensor index) => GatherOp.Call(this, dim, index);

        public Tensor scatter_add(long dim, Tensor index, Tensor src) => ScatterAddOp.Call(this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => ScatterAddInPlaceOp.CallInPlace(this, dim, index, src);

        public Tensor index_select(long dim, Tensor index) => IndexSelectOp.Call(this, dim, index);

        public Tensor index_add(long dim, Tensor index, Tensor source, Scalar alpha) => IndexAddOp.Call(this, dim, index, source, alpha);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => IndexAddInPlaceOp.CallInPlace(this, dim, index, source, alpha);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) => IndexCopyInPlaceOp.CallInPlace(this, dim, index, source);

        public Tensor masked_fill(Tensor mask, Scalar value) => MaskedFillScalarOp.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => MaskedFillInPlaceScalarOp.CallInPlace(this, mask, value);

        public Tensor nonzero() => NonzeroOp.Call(this);

        public Tensor narrow(long dim, long start, long length) => NarrowOp.Call(this, dim, start, length);

        public Tensor bucketize(Tensor boundaries, bool outInt32 = false, bool right = false) => BucketizeTensorOp.Call(this, boundaries, outInt32, right);

        public Tensor select(long dim, long index) => SelectIntOp.Call(this, dim, index);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => MultinomialOp.Call(this, num_samples, replacement, generator);
    }
}
