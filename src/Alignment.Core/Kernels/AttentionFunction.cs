using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>
/// Causal attention over <see cref="SequenceGroups"/> with the rotary turn of queries and keys, in float32 inside. Memory grows with the
/// tokens and not with their square: the backward pass makes the scores again, block by block, from the normalisers.
/// </summary>
internal sealed unsafe class AttentionFunction : autograd.SingleTensorFunction<AttentionFunction>
{
    private const string Settings = "settings";

    public override string Name => nameof(AttentionFunction);

    /// <param name="query">[B, T, H, hd], B·T tokens in the groups' order.</param>
    /// <param name="key">[B, T, K, hd].</param>
    /// <param name="value">[B, T, K, hd].</param>
    /// <param name="groups">Who sees whom.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <returns>[B, T, H·hd].</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, SequenceGroups groups, double scale) =>
        apply(NativeKernels.Contiguous(query), NativeKernels.Contiguous(key), NativeKernels.Contiguous(value), new Call(groups, (float)scale));

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (query, key, value, call) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2], (Call)vars[3]);
        var tokens = query.size(0) * query.size(1);
        var y = empty([query.size(0), query.size(1), query.size(2) * query.size(3)], dtype: query.dtype);
        var normalizers = empty(query.size(2), tokens);
        fixed (long* groups = call.Groups.Encoded)
        {
            var shape = Shape(query, key, call, groups);
            NativeKernels.ak_attention(
                &shape, NativeKernels.Pointer(query), NativeKernels.Pointer(key), NativeKernels.Pointer(value), NativeKernels.Pointer(y), NativeKernels.Pointer(normalizers));
        }

        // The angles outlive the forward pass here.
        ctx.save_data(Settings, call);
        ctx.save_for_backward(call.Groups is { Cos: { } cos, Sin: { } sin } ? [query, key, value, y, normalizers, cos, sin] : [query, key, value, y, normalizers]);
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var phase = Numerics.StepPhases.Enter(Numerics.StepPhases.AttentionBackward);
        var (saved, call) = (ctx.get_saved_variables(), (Call)ctx.get_data(Settings));
        var (query, key, value, y, normalizers) = (saved[0], saved[1], saved[2], saved[3], saved[4]);
        if (saved.Count > 5)
        {
            call = call with { Groups = call.Groups.With(saved[5], saved[6]) };
        }

        var slope = NativeKernels.Contiguous(grad_output);
        var (dq, dk, dv) = (empty_like(query), empty_like(key), empty_like(value));
        fixed (long* groups = call.Groups.Encoded)
        {
            var shape = Shape(query, key, call, groups);
            NativeKernels.ak_attention_gradient(
                &shape, NativeKernels.Pointer(query), NativeKernels.Pointer(key), NativeKernels.Pointer(value), NativeKernels.Pointer(y), NativeKernels.Pointer(normalizers),
                NativeKernels.Pointer(slope), NativeKernels.Pointer(dq), NativeKernels.Pointer(dk), NativeKernels.Pointer(dv));
        }

        return [dq, dk, dv, null!];
    }

    private static NativeKernels.AttentionShape Shape(Tensor query, Tensor key, Call call, long* groups) => new()
    {
        Tokens = query.size(0) * query.size(1),
        Heads = query.size(2),
        KeyHeads = key.size(2),
        HeadSize = query.size(3),
        Rotary = call.Groups.Cos is { } cos ? 2 * cos.size(1) : 0,
        Type = NativeKernels.TypeOf(query),
        Scale = call.Scale,
        Cos = NativeKernels.Pointer(call.Groups.Cos),
        Sin = NativeKernels.Pointer(call.Groups.Sin),
        Groups = groups,
    };

    private sealed record Call(SequenceGroups Groups, float Scale);
}
