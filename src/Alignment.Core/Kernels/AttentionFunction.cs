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
    public static Tensor Run(Tensor query, Tensor key, Tensor value, SequenceGroups groups, double scale)
    {
        var (heads, keyHeads, size) = (query.size(2), key.size(2), query.size(3));
        return apply(
            NativeKernels.Contiguous(query), NativeKernels.Contiguous(key), NativeKernels.Contiguous(value), new Call(groups, (float)scale, heads, keyHeads, size, heads * size, keyHeads * size, size));
    }

    /// <summary>The same where one product gives all three: they are read where they lie, and have one gradient.</summary>
    /// <param name="all">[B, T, (H + 2K)·hd]: queries, keys, values; or for each head its query, key and value.</param>
    /// <param name="heads">H.</param>
    /// <param name="keyHeads">K.</param>
    /// <param name="perHead">Whether they lie head by head.</param>
    /// <param name="groups">Who sees whom.</param>
    /// <param name="scale">Multiplies the scores.</param>
    /// <returns>[B, T, H·hd].</returns>
    public static Tensor Run(Tensor all, long heads, long keyHeads, bool perHead, SequenceGroups groups, double scale)
    {
        var (width, size) = (all.size(2), all.size(2) / (heads + (2 * keyHeads)));
        return apply(NativeKernels.Contiguous(all), null!, null!, new Call(groups, (float)scale, heads, keyHeads, size, width, width, perHead ? 3 * size : size));
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (query, key, value, call) = ((Tensor)vars[0], (Tensor?)vars[1], (Tensor?)vars[2], (Call)vars[3]);
        var tokens = query.size(0) * query.size(1);
        var y = empty([query.size(0), query.size(1), call.Heads * call.HeadSize], dtype: query.dtype);
        var normalizers = empty(call.Heads, tokens);
        fixed (long* groups = call.Groups.Encoded)
        {
            var (shape, parts) = (Shape(query, call, groups), Parts.Of(query, key, value, call));
            NativeKernels.ak_attention(&shape, parts.Query, parts.Key, parts.Value, NativeKernels.Pointer(y), NativeKernels.Pointer(normalizers));
        }

        // The angles outlive the forward pass here.
        ctx.save_data(Settings, call);
        var (cos, sin) = (call.Groups.Cos, call.Groups.Sin);
        ctx.save_for_backward((key, cos) switch
        {
            (null, null) => [y, normalizers, query],
            (null, _) => [y, normalizers, query, cos, sin!],
            (_, null) => [y, normalizers, query, key, value!],
            _ => [y, normalizers, query, key, value!, cos, sin!],
        });
        return y;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using var phase = Numerics.StepPhases.Enter(Numerics.StepPhases.AttentionBackward);
        var (saved, call) = (ctx.get_saved_variables(), (Call)ctx.get_data(Settings));
        var (y, normalizers, query) = (saved[0], saved[1], saved[2]);
        if (call.Groups.Cos is not null)
        {
            call = call with { Groups = call.Groups.With(saved[^2], saved[^1]) };
        }

        var (key, value) = saved.Count - (call.Groups.Cos is null ? 0 : 2) > 3 ? (saved[3], saved[4]) : (null, null);
        var slope = NativeKernels.Contiguous(grad_output);
        var (dq, dk, dv) = (empty_like(query), key is null ? null : empty_like(key), value is null ? null : empty_like(value));
        fixed (long* groups = call.Groups.Encoded)
        {
            var (shape, parts, slopes) = (Shape(query, call, groups), Parts.Of(query, key, value, call), Parts.Of(dq, dk, dv, call));
            NativeKernels.ak_attention_gradient(
                &shape, parts.Query, parts.Key, parts.Value, NativeKernels.Pointer(y), NativeKernels.Pointer(normalizers), NativeKernels.Pointer(slope), slopes.Query, slopes.Key, slopes.Value);
        }

        return [dq, dk!, dv!, null!];
    }

    private static NativeKernels.AttentionShape Shape(Tensor query, Call call, long* groups) => new()
    {
        Tokens = query.size(0) * query.size(1),
        Heads = call.Heads,
        KeyHeads = call.KeyHeads,
        HeadSize = call.HeadSize,
        Rotary = call.Groups.Cos is { } cos ? 2 * cos.size(1) : 0,
        Type = NativeKernels.TypeOf(query),
        Scale = call.Scale,
        Cos = NativeKernels.Pointer(call.Groups.Cos),
        Sin = NativeKernels.Pointer(call.Groups.Sin),
        Groups = groups,
        QueryStride = call.QueryStride,
        KeyStride = call.KeyStride,
        HeadStride = call.HeadStride,
    };

    /// <summary>How heads lie; strides in elements.</summary>
    private sealed record Call(SequenceGroups Groups, float Scale, long Heads, long KeyHeads, long HeadSize, long QueryStride, long KeyStride, long HeadStride);

    /// <summary>Where queries, keys and values begin.</summary>
    private readonly struct Parts
    {
        public void* Query { get; private init; }

        public void* Key { get; private init; }

        public void* Value { get; private init; }

        /// <param name="query">All three where there are no others.</param>
        /// <param name="key">Or null.</param>
        /// <param name="value">Or null.</param>
        /// <param name="call">How heads lie.</param>
        public static Parts Of(Tensor query, Tensor? key, Tensor? value, Call call)
        {
            var start = (byte*)NativeKernels.Pointer(query);
            if (key is not null)
            {
                return new Parts { Query = start, Key = NativeKernels.Pointer(key), Value = NativeKernels.Pointer(value) };
            }

            var bytes = query.element_size() * call.HeadSize;
            var isPerHead = call.HeadStride > call.HeadSize;
            var first = bytes * (isPerHead ? 1 : call.Heads);
            return new Parts { Query = start, Key = start + first, Value = start + first + (bytes * (isPerHead ? 1 : call.KeyHeads)) };
        }
    }
}
