namespace TorchSharp;

public static partial class torch
{
    /// <content>Views and copies of another shape.</content>
    public partial class Tensor
    {
        private static readonly Op AliasOp = Op.Find("alias");
        private static readonly Op ChunkOp = Op.Find("chunk");
        private static readonly Op ContiguousOp = Op.Find("contiguous");
        private static readonly Op ExpandOp = Op.Find("expand");
        private static readonly Op FlipOp = Op.Find("flip");
        private static readonly Op PermuteOp = Op.Find("permute");
        private static readonly Op RepeatOp = Op.Find("repeat");
        private static readonly Op ReshapeOp = Op.Find("reshape");
        private static readonly Op SplitTensorOp = Op.Find("split", "Tensor");
        private static readonly Op SplitWithSizesOp = Op.Find("split_with_sizes");
        private static readonly Op SqueezeDimOp = Op.Find("squeeze", "dim");
        private static readonly Op SqueezeOp = Op.Find("squeeze");
        private static readonly Op TOp = Op.Find("t");
        private static readonly Op TransposeIntOp = Op.Find("transpose", "int");
        private static readonly Op TriuOp = Op.Find("triu");
        private static readonly Op UnbindIntOp = Op.Find("unbind", "int");
        private static readonly Op UnsqueezeOp = Op.Find("unsqueeze");
        private static readonly Op ViewOp = Op.Find("view");

        public Tensor alias() => AliasOp.Call(this);

        public Tensor view(params long[] shape) => ViewOp.Call(this, shape);

        public Tensor reshape(params long[] shape) => ReshapeOp.Call(this, shape);

        public Tensor transpose(long dim0, long dim1) => TransposeIntOp.Call(this, dim0, dim1);

        public Tensor t() => TOp.Call(this);

        public Tensor permute(params long[] permutation) => PermuteOp.Call(this, permutation);

        public Tensor permute(IEnumerable<long> permutation) => PermuteOp.Call(this, permutation.ToArray());

        public Tensor contiguous() => ContiguousOp.Call(this);

        public Tensor expand(Size sizes, bool isImplicit = false) => expand(sizes.Shape, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => ExpandOp.Call(this, sizes, isImplicit);

        public Tensor expand(params long[] sizes) => ExpandOp.Call(this, sizes);

        public Tensor unsqueeze(long dim) => UnsqueezeOp.Call(this, dim);

        public Tensor squeeze(long? dim = null) => dim is null ? SqueezeOp.Call(this) : SqueezeDimOp.Call(this, dim);

        public Tensor[] split(long size, int dim = 0) => SplitTensorOp.CallList(this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => SplitWithSizesOp.CallList(this, sizes, dim);

        public Tensor[] split(params long[] sizes) => SplitWithSizesOp.CallList(this, sizes);

        public Tensor[] chunk(long chunks, long dim = 0) => ChunkOp.CallList(this, chunks, dim);

        public Tensor[] unbind(long dimension = 0) => UnbindIntOp.CallList(this, dimension);

        public Tensor repeat(params long[] sizes) => RepeatOp.Call(this, sizes);

        public Tensor flip(params long[] dims) => FlipOp.Call(this, dims);

        public Tensor triu(long diagonal = 0) => TriuOp.Call(this, diagonal);
    }
}
