namespace TorchSharp;

public static partial class torch
{
    /// <content>Sums, means, extremes over all elements or some dimensions.</content>
    public partial class Tensor
    {
        private static readonly Op AllDimOp = Op.Find("all", "dim");
        private static readonly Op AllOp = Op.Find("all");
        private static readonly Op AnyDimOp = Op.Find("any", "dim");
        private static readonly Op AnyOp = Op.Find("any");
        private static readonly Op ArgmaxOp = Op.Find("argmax");
        private static readonly Op CumsumOp = Op.Find("cumsum");
        private static readonly Op LogSoftmaxIntOp = Op.Find("log_softmax", "int");
        private static readonly Op LogsumexpOp = Op.Find("logsumexp");
        private static readonly Op MaxDimOp = Op.Find("max", "dim");
        private static readonly Op MaxOp = Op.Find("max");
        private static readonly Op MaxOtherOp = Op.Find("max", "other");
        private static readonly Op MeanDimOp = Op.Find("mean", "dim");
        private static readonly Op MeanOp = Op.Find("mean");
        private static readonly Op MinDimOp = Op.Find("min", "dim");
        private static readonly Op MinOp = Op.Find("min");
        private static readonly Op MinOtherOp = Op.Find("min", "other");
        private static readonly Op NormScalarOp = Op.Find("norm", "Scalar");
        private static readonly Op NormScalarOptDimOp = Op.Find("norm", "ScalarOpt_dim");
        private static readonly Op SoftmaxIntOp = Op.Find("softmax", "int");
        private static readonly Op SortStableOp = Op.Find("sort", "stable");
        private static readonly Op StdDimOp = Op.Find("std", "dim");
        private static readonly Op StdOp = Op.Find("std");
        private static readonly Op SumDimIntListOp = Op.Find("sum", "dim_IntList");
        private static readonly Op SumOp = Op.Find("sum");

        public Tensor sum(ScalarType? type = null) => SumOp.Call(this, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => SumDimIntListOp.Call(this, dim, keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor sum(long dim0, long dim1, long dim2, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1, dim2], keepdim, type);

        public Tensor mean() => MeanOp.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => MeanDimOp.Call(this, dimensions, keepdim, type);

        public Tensor std(bool unbiased = true) => StdOp.Call(this, unbiased);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => StdDimOp.Call(AsType(type), dimensions, unbiased, keepdim);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim], unbiased, keepdim, type);

        public Tensor cumsum(long dim, ScalarType? type = null) => CumsumOp.Call(this, dim, type);

        public Tensor max() => MaxOp.Call(this);

        public Tensor max(Tensor other) => MaxOtherOp.Call(this, other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => MaxDimOp.Call2(this, dim, keepdim);

        public Tensor min() => MinOp.Call(this);

        public Tensor min(Tensor other) => MinOtherOp.Call(this, other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => MinDimOp.Call2(this, dim, keepdim);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => SortStableOp.Call2(this, stable, dim, descending);

        public Tensor argmax() => ArgmaxOp.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => ArgmaxOp.Call(this, dim, keepdim);

        public Tensor any() => AnyOp.Call(this);

        public Tensor any(long dim, bool keepdim = false) => AnyDimOp.Call(this, dim, keepdim);

        public Tensor all() => AllOp.Call(this);

        public Tensor all(long dim, bool keepdim = false) => AllDimOp.Call(this, dim, keepdim);

        public Tensor logsumexp(long dim, bool keepdim = false) => LogsumexpOp.Call(this, new[] { dim }, keepdim);

        public Tensor softmax(long dim, ScalarType? dtype = null) => SoftmaxIntOp.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => LogSoftmaxIntOp.Call(this, dim, dtype);

        public Tensor norm(float p = 2) => NormScalarOp.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => NormScalarOptDimOp.Call(this, (double)p, new[] { (long)dim }, keepdim);

        private Tensor AsType(ScalarType? type) => type is { } set ? to_type(set) : this;
    }
}
