namespace TorchSharp;

public static partial class torch
{
    private static readonly Op ArangeOp = Op.Find("arange", "start_step");
    private static readonly Op EyeOp = Op.Find("eye", "m");
    private static readonly Op RandintOp = Op.Find("randint", "low_generator");
    private static readonly Op RandpermOp = Op.Find("randperm", "generator");

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(0L, stop, 1L, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        arange(start, stop, 1L, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Finish(ArangeOp.Call(start, stop, step, dtype ?? RangeType(start, stop, step), Arg.None, device ?? s_defaultDevice), requires_grad, null);

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Finish(EyeOp.Call(rows, columns < 0 ? rows : columns, dtype ?? s_defaultType, Arg.None, device ?? s_defaultDevice), requires_grad, names);

    public static Tensor randint(long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, long[] size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        Finish(RandintOp.Call(low, high, size, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? s_defaultDevice), requires_grad, names);

    public static Tensor randint(long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(0, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor randint(long low, long high, Size size, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null, string[]? names = null) =>
        randint(low, high, size.Shape, dtype, device, requires_grad, generator, names);

    public static Tensor randperm(long n, ScalarType? dtype = null, Device? device = null, bool requires_grad = false, Generator? generator = null) =>
        Finish(RandpermOp.Call(n, generator, dtype ?? ScalarType.Int64, Arg.None, device ?? s_defaultDevice), requires_grad, null);

    private static ScalarType RangeType(Scalar start, Scalar stop, Scalar step) =>
        start.IsIntegral && stop.IsIntegral && step.IsIntegral ? ScalarType.Int64 : s_defaultType;
}
