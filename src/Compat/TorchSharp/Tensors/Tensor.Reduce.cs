namespace TorchSharp;

public static partial class torch
{
    /// <content>Sums, means, extremes over all elements or some dimensions.</content>
    public partial class Tensor
    {
        private static readonly Op AllDimOp = Op.Find("all", "dim");
        private static readonly Op AllOp = Op.Find("all");
        private static readonly Op AmaxOp = Op.Find("amax");
        private static readonly Op AminOp = Op.Find("amin");
        private static readonly Op AnyDimOp = Op.Find("any", "dim");
        private static readonly Op AnyOp = Op.Find("any");
        private static readonly Op ArgmaxOp = Op.Find("argmax");
        private static readonly Op ArgminOp = Op.Find("argmin");
        private static readonly Op ArgsortOp = Op.Find("argsort");
        private static readonly Op BincountOp = Op.Find("bincount");
        private static readonly Op CountNonzeroDimIntListOp = Op.Find("count_nonzero", "dim_IntList");
        private static readonly Op CountNonzeroOp = Op.Find("count_nonzero");
        private static readonly Op CumprodOp = Op.Find("cumprod");
        private static readonly Op CumsumOp = Op.Find("cumsum");
        private static readonly Op KthvalueOp = Op.Find("kthvalue");
        private static readonly Op LogSoftmaxIntOp = Op.Find("log_softmax", "int");
        private static readonly Op LogsumexpOp = Op.Find("logsumexp");
        private static readonly Op MaxDimOp = Op.Find("max", "dim");
        private static readonly Op MaxOp = Op.Find("max");
        private static readonly Op MaxOtherOp = Op.Find("max", "other");
        private static readonly Op MeanDimOp = Op.Find("mean", "dim");
        private static readonly Op MeanOp = Op.Find("mean");
        private static readonly Op MedianOp = Op.Find("median");
        private static readonly Op MinDimOp = Op.Find("min", "dim");
        private static readonly Op MinOp = Op.Find("min");
        private static readonly Op MinOtherOp = Op.Find("min", "other");
        private static readonly Op NormScalarOp = Op.Find("norm", "Scalar");
        private static readonly Op NormScalarOptDimOp = Op.Find("norm", "ScalarOpt_dim");
        private static readonly Op ProdDimIntOp = Op.Find("prod", "dim_int");
        private static readonly Op ProdOp = Op.Find("prod");
        private static readonly Op QuantileOp = Op.Find("quantile");
        private static readonly Op SoftmaxIntOp = Op.Find("softmax", "int");
        private static readonly Op SortStableOp = Op.Find("sort", "stable");
        private static readonly Op StdDimOp = Op.Find("std", "dim");
        private static readonly Op StdOp = Op.Find("std");
        private static readonly Op SumDimIntListOp = Op.Find("sum", "dim_IntList");
        private static readonly Op SumOp = Op.Find("sum");
        private static readonly Op TopkOp = Op.Find("topk");
        private static readonly Op VarDimOp = Op.Find("var", "dim");
        private static readonly Op VarOp = Op.Find("var");

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

        public Tensor var(bool unbiased = true) => VarOp.Call(this, unbiased);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => VarDimOp.Call(AsType(type), dimensions, unbiased, keepdim);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);

        public Tensor prod(ScalarType? type = null) => ProdOp.Call(this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => ProdDimIntOp.Call(this, dim, keepdim, type);

        public Tensor cumsum(long dim, ScalarType? type = null) => CumsumOp.Call(this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => CumprodOp.Call(this, dim, type);

        public Tensor max() => MaxOp.Call(this);

        public Tensor max(Tensor other) => MaxOtherOp.Call(this, other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => MaxDimOp.Call2(this, dim, keepdim);

        public Tensor min() => MinOp.Call(this);

        public Tensor min(Tensor other) => MinOtherOp.Call(this, other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => MinDimOp.Call2(this, dim, keepdim);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) => Into(@out, AmaxOp.Call(this, dims, keepdim));

        public Tensor amax(params long[] dims) => AmaxOp.Call(this, dims);

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) => Into(@out, AminOp.Call(this, dims, keepdim));

        public Tensor amin(params long[] dims) => AminOp.Call(this, dims);

        public Tensor argmax() => ArgmaxOp.Call(this);

        public Tensor argmax(long dim, bool keepdim = false) => ArgmaxOp.Call(this, dim, keepdim);

        public Tensor argmin() => ArgminOp.Call(this);

        public Tensor argmin(long dim, bool keepdim = false) => ArgminOp.Call(this, dim, keepdim);

        public Tensor any() => AnyOp.Call(this);

        public Tensor any(long dim, bool keepdim = false) => AnyDimOp.Call(this, dim, keepdim);

        public Tensor all() => AllOp.Call(this);

        public Tensor all(long dim, bool keepdim = false) => AllDimOp.Call(this, dim, keepdim);

        public Tensor logsumexp(long dim, bool keepdim = false) => LogsumexpOp.Call(this, new[] { dim }, keepdim);

        public Tensor softmax(long dim, ScalarType? dtype = null) => SoftmaxIntOp.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => LogSoftmaxIntOp.Call(this, dim, dtype);

        public Tensor norm(float p = 2) => NormScalarOp.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2) => NormScalarOptDimOp.Call(this, (double)p, new[] { (long)dim }, keepdim);

        public Tensor median() => MedianOp.Call(this);

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => QuantileOp.Call(this, q, dim, keepdim);

        public Tensor count_nonzero(long[]? dims = null) => dims is null ? CountNonzeroOp.Call(this) : CountNonzeroDimIntListOp.Call(this, dims);

        public Tensor bincount(Tensor? weights, long minlength = 0) => BincountOp.Call(this, weights, minlength);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) => SortStableOp.Call2(this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => ArgsortOp.Call(this, dim, descending);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) => TopkOp.Call2(this, k, dim, largest, sorted);

        public (Tensor values, Tensor indices) kthvalue(long k, long? dim, bool keepdim = false) => KthvalueOp.Call2(this, k, dim ?? -1, keepdim);

        private Tensor AsType(ScalarType? type) => type is { } set ? to_type(set) : this;

        private static Tensor Into(Tensor? target, Tensor result)
        {
            if (target is null)
            {
                return result;
            }

            using (result)
            {
                target.Resize(result.shape).copy_(result);
            }

            return target.Share();
        }
    }
}
