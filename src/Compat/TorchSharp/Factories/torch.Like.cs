namespace TorchSharp;

public static partial class torch
{
    private static readonly Op ZerosLikeOp = Op.Find("zeros_like");
    private static readonly Op OnesLikeOp = Op.Find("ones_like");
    private static readonly Op EmptyLikeOp = Op.Find("empty_like");
    private static readonly Op FullLikeOp = Op.Find("full_like");

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(ZerosLikeOp.Call(input, dtype, Arg.None, device), requires_grad, names);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(OnesLikeOp.Call(input, dtype, Arg.None, device), requires_grad, names);

    public static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(EmptyLikeOp.Call(input, dtype, Arg.None, device), requires_grad, names);

    public static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(FullLikeOp.Call(input, value, dtype, Arg.None, device), requires_grad, names);
}
