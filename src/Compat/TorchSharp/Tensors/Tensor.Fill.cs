namespace TorchSharp;

public static partial class torch
{
    /// <content>New contents for the whole tensor.</content>
    public partial class Tensor
    {
        private static readonly Op BernoulliInPlaceFloatOp = Op.Find("bernoulli_", "float");
        private static readonly Op BernoulliInPlaceTensorOp = Op.Find("bernoulli_", "Tensor");
        private static readonly Op CopyInPlaceOp = Op.Find("copy_");
        private static readonly Op FillInPlaceScalarOp = Op.Find("fill_", "Scalar");
        private static readonly Op NormalInPlaceOp = Op.Find("normal_");
        private static readonly Op UniformInPlaceOp = Op.Find("uniform_");
        private static readonly Op ZeroInPlaceOp = Op.Find("zero_");

        public Tensor copy_(Tensor source, bool nonBlocking = false) => CopyInPlaceOp.CallInPlace(this, source, nonBlocking);

        public Tensor fill_(Scalar value) => FillInPlaceScalarOp.CallInPlace(this, value);

        public Tensor zero_() => ZeroInPlaceOp.CallInPlace(this);

        public Tensor normal_(double mean = 0, double std = 1, Generator? generator = null) => NormalInPlaceOp.CallInPlace(this, mean, std, generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => UniformInPlaceOp.CallInPlace(this, from, to, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => BernoulliInPlaceFloatOp.CallInPlace(this, p, generator);

        public Tensor bernoulli_(Tensor p, Generator? generator = null) => BernoulliInPlaceTensorOp.CallInPlace(this, p, generator);
    }
}
