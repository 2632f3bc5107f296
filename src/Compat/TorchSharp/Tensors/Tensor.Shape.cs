namespace TorchSharp;

public static partial class torch
{
    /// <content>Views and copies of another shape.</content>
    public partial class Tensor
    {
        private static readonly Op BroadcastToOp = Op.Find("broadcast_to");
        private static readonly Op ChunkOp = Op.Find("chunk");
        private static readonly Op ContiguousOp = Op.Find("contiguous");
        private static readonly Op DiagOp = Op.Find("diag");
        private static readonly Op DiagonalOp = Op.Find("diagonal");
        private static readonly Op ExpandOp = Op.Find("expand");
        private static readonly Op FlattenUsingIntsOp = Op.Find("flatten", "using_ints");
        private static readonly Op FlipOp = Op.Find("flip");
        private static readonly Op MovedimIntlistOp = Op.Find("movedim", "intlist");
        private static readonly Op PermuteOp = Op.Find("permute");
        private static readonly Op RavelOp = Op.Find("ravel");
        private static readonly Op RepeatInterleaveSelfIntOp = Op.Find("repeat_interleave", "self_int");
        private static readonly Op RepeatInterleaveSelfTensorOp = Op.Find("repeat_interleave", "self_Tensor");
        private static readonly Op RepeatOp = Op.Find("repeat");
        private static readonly Op ReshapeOp = Op.Find("reshape");
        private static readonly Op ResizeInPlaceOp = Op.Find("resize_");
        private static readonly Op RollOp = Op.Find("roll");
        private static readonly Op SplitTensorOp = Op.Find("split", "Tensor");
        private static readonly Op SplitWithSizesOp = Op.Find("split_with_sizes");
        private static readonly Op SqueezeDimOp = Op.Find("squeeze", "dim");
        private static readonly Op SqueezeInPlaceDimOp = Op.Find("squeeze_", "dim");
        private static readonly Op SqueezeInPlaceOp = Op.Find("squeeze_");
        private static readonly Op SqueezeOp = Op.Find("squeeze");
        private static readonly Op TOp = Op.Find("t");
        private static readonly Op TensorSplitIndicesOp = Op.Find("tensor_split", "indices");
        private static readonly Op TensorSplitSectionsOp = Op.Find("tensor_split", "sections");
        private static readonly Op TileOp = Op.Find("tile");
        private static readonly Op TransposeInPlaceOp = Op.Find("transpose_");
        private static readonly Op TransposeIntOp = Op.Find("transpose", "int");
        private static readonly Op TrilInPlaceOp = Op.Find("tril_");
        private static readonly Op TrilOp = Op.Find("tril");
        private static readonly Op TriuInPlaceOp = Op.Find("triu_");
        private static readonly Op TriuOp = Op.Find("triu");
        private static readonly Op UnbindIntOp = Op.Find("unbind", "int");
        private static readonly Op UnflattenIntOp = Op.Find("unflatten", "int");
        private static readonly Op UnfoldOp = Op.Find("unfold");
        private static readonly Op UnsqueezeInPlaceOp = Op.Find("unsqueeze_");
        private static readonly Op UnsqueezeOp = Op.Find("unsqueeze");
        private static readonly Op ViewOp = Op.Find("view");

        public Tensor view(params long[] shape) => ViewOp.Call(this, shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor reshape(params long[] shape) => ReshapeOp.Call(this, shape);

        internal Tensor Resize(long[] shape) => ResizeInPlaceOp.CallInPlace(this, shape);

        public Tensor transpose(long dim0, long dim1) => TransposeIntOp.Call(this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1) => TransposeInPlaceOp.CallInPlace(this, dim0, dim1);

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor t() => TOp.Call(this);

        public Tensor permute(params long[] permutation) => PermuteOp.Call(this, permutation);

        public Tensor permute(IEnumerable<long> permutation) => PermuteOp.Call(this, permutation.ToArray());

        public Tensor movedim(long[] source, long[] destination) => MovedimIntlistOp.Call(this, source, destination);

        public Tensor contiguous() => ContiguousOp.Call(this);

        public Tensor expand(Size sizes, bool isImplicit = false) => expand(sizes.Shape, isImplicit);

        public Tensor expand(long[] sizes, bool isImplicit = false) => ExpandOp.Call(this, sizes, isImplicit);

        public Tensor expand(params long[] sizes) => ExpandOp.Call(this, sizes);

        public Tensor expand_as(Tensor other) => expand(other.shape, false);

        public Tensor broadcast_to(params long[] shape) => BroadcastToOp.Call(this, shape);

        public Tensor unsqueeze(long dim) => UnsqueezeOp.Call(this, dim);

        public Tensor unsqueeze_(long dim) => UnsqueezeInPlaceOp.CallInPlace(this, dim);

        public Tensor squeeze(long? dim = null) => dim is null ? SqueezeOp.Call(this) : SqueezeDimOp.Call(this, dim);

        public Tensor squeeze_(long? dim = null) => dim is null ? SqueezeInPlaceOp.CallInPlace(this) : SqueezeInPlaceDimOp.CallInPlace(this, dim);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => FlattenUsingIntsOp.Call(this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => UnflattenIntOp.Call(this, dim, sizes);

        public Tensor ravel() => RavelOp.Call(this);

        public Tensor[] split(long size, int dim = 0) => SplitTensorOp.CallList(this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => SplitWithSizesOp.CallList(this, sizes, dim);

        public Tensor[] split(params long[] sizes) => SplitWithSizesOp.CallList(this, sizes);

        public Tensor[] chunk(long chunks, long dim = 0) => ChunkOp.CallList(this, chunks, dim);

        public Tensor[] tensor_split(long size, long dim = 0) => TensorSplitSectionsOp.CallList(this, size, dim);

        public Tensor[] tensor_split(long[] sizes, long dim = 0) => TensorSplitIndicesOp.CallList(this, sizes, dim);

        public Tensor[] unbind(long dimension = 0) => UnbindIntOp.CallList(this, dimension);

        public Tensor repeat(params long[] sizes) => RepeatOp.Call(this, sizes);

        public Tensor tile(long[] reps) => TileOp.Call(this, reps);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) => RepeatInterleaveSelfTensorOp.Call(this, repeats, dim, output_size);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => RepeatInterleaveSelfIntOp.Call(this, repeats, dim, output_size);

        public Tensor roll(long shifts, long? dims = null) => RollOp.Call(this, new[] { shifts }, dims is { } set ? [set] : Array.Empty<long>());

        public Tensor roll(long[] shifts, long[] dims) => RollOp.Call(this, shifts, dims);

        public Tensor flip(params long[] dims) => FlipOp.Call(this, dims);

        public Tensor tril(long diagonal = 0) => TrilOp.Call(this, diagonal);

        public Tensor tril_(long diagonal = 0) => TrilInPlaceOp.CallInPlace(this, diagonal);

        public Tensor triu(long diagonal = 0) => TriuOp.Call(this, diagonal);

        public Tensor triu_(long diagonal = 0) => TriuInPlaceOp.CallInPlace(this, diagonal);

        public Tensor diag(long diagonal = 0) => DiagOp.Call(this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => DiagonalOp.Call(this, offset, dim1, dim2);

        public Tensor unfold(long dimension, long size, long step) => UnfoldOp.Call(this, dimension, size, step);

        public Tensor T => NumpyTOp.Call(this);

        public Tensor mT => transpose(-2, -1);

        private static readonly Op NumpyTOp = Op.Find("numpy_T");
    }
}
