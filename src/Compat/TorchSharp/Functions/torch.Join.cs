namespace TorchSharp;

public static partial class torch
{
    private static readonly Op CatOp = Op.Find("cat");
    private static readonly Op StackOp = Op.Find("stack");
    private static readonly Op EinsumOp = Op.Find("einsum");
    private static readonly Op MeshgridOp = Op.Find("meshgrid", "indexing");
    private static readonly Op BroadcastTensorsOp = Op.Find("broadcast_tensors");
    private static readonly Op WhereOp = Op.Find("where");
    private static readonly Op UniqueOp = Op.Find("_unique2");
    private static readonly Op UniqueDimOp = Op.Find("unique_dim");
    private static readonly Op SearchsortedOp = Op.Find("searchsorted", "Tensor");
    private static readonly Op GatherSparseOp = Op.Find("gather");
    private static readonly Op ResultTypeOp = Op.Find("result_type", "Tensor");
    private static readonly Op CanCastOp = Op.Find("can_cast");

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => CatOp.Call(Arg.List(tensors), dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => CatOp.Call(tensors, dim);

    public static Tensor concat(IList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor concat(Tensor[] tensors, long dim = 0) => cat(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => StackOp.Call(Arg.List(tensors), dim);

    public static Tensor einsum(string equation, params Tensor[] tensors) => EinsumOp.Call(equation, tensors);

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") => MeshgridOp.CallList(Arg.List(tensors), indexing);

    public static IList<Tensor> broadcast_tensors(params Tensor[] tensors) => BroadcastTensorsOp.CallList(tensors);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    /// <summary>The positions where the condition holds, one index tensor per dimension.</summary>
    public static Tensor[] where(Tensor condition) => WhereOp.CallList(condition);

    public static Tensor gather(Tensor input, long dim, Tensor index, bool sparse_grad = false) => GatherSparseOp.Call(input, dim, index, sparse_grad);

    public static (Tensor output, Tensor inverse_indices, Tensor counts) unique(Tensor input, bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) =>
        dim is { } along ? UniqueDimOp.Call3(input, (long)along, sorted, return_inverse, return_counts) : UniqueOp.Call3(input, sorted, return_inverse, return_counts);

    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        SearchsortedOp.Call(sorted_sequence, values, out_int32, right, Arg.None, sorter);

    public static ScalarType result_type(Tensor tensor1, Tensor tensor2) => (ScalarType)ResultTypeOp.CallInt(tensor1, tensor2);

    public static bool can_cast(ScalarType from, ScalarType to) => CanCastOp.CallBool(from, to);

    public static bool is_tensor(object obj) => obj is Tensor;

    public static bool is_floating_point(Tensor input) => input.is_floating_point();
}
