namespace TorchSharp;

public static partial class torch
{
    private static readonly Op CatOp = Op.Find("cat");
    private static readonly Op StackOp = Op.Find("stack");
    private static readonly Op WhereOp = Op.Find("where");

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => CatOp.Call(Arg.List(tensors), dim);

    public static Tensor cat(Tensor[] tensors, long dim = 0) => CatOp.Call(tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => StackOp.Call(Arg.List(tensors), dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);

    /// <summary>The positions where the condition holds, one index tensor per dimension.</summary>
    public static Tensor[] where(Tensor condition) => WhereOp.CallList(condition);

    public static bool is_floating_point(Tensor input) => input.is_floating_point();
}
