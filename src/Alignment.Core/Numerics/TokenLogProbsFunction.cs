using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// The custom derivative of <see cref="TokenLogProbs"/>. Forward keeps the log-normalisers [N] only; backward makes each chunk's logits
/// again and turns them in place into ∂L/∂z = g · (onehot(target) − softmax(z)), times the cap's slope where there is one.
/// </summary>
internal sealed class TokenLogProbsFunction : autograd.SingleTensorFunction<TokenLogProbsFunction>
{
    private const string Settings = "settings";

    public override string Name => nameof(TokenLogProbsFunction);

    /// <summary>Arguments: hidden [N, D], weight [V, D], targets [N], settings, then bias [V] if there is one.</summary>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, weight, targets) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var settings = (TokenLogProbsSettings)vars[3];
        var bias = vars.Length > 4 ? (Tensor)vars[4] : null;

        using var phase = StepPhases.Enter(StepPhases.Head);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var matrix = weight.to(settings.ComputeType); // [V, D]
        var logProbs = empty([hidden.size(0)], dtype: hidden.dtype, device: hidden.device);
        var normalizers = empty([hidden.size(0)], dtype: hidden.dtype, device: hidden.device);
        for (long from = 0; from < hidden.size(0); from += settings.Chunk)
        {
            using var chunk = NewDisposeScope();
            var count = Math.Min(settings.Chunk, hidden.size(0) - from);
            var logits = VocabularyLogits.Of(hidden.narrow(0, from, count).to(settings.ComputeType), matrix, bias, settings.Temperature, settings.SoftCap);
            var normalizer = logits.logsumexp(1); // [n]
            var chosen = logits.gather(1, targets.narrow(0, from, count).unsqueeze(1)).squeeze(1); // [n]
            normalizers.narrow(0, from, count).copy_(normalizer);
            logProbs.narrow(0, from, count).copy_(chosen.sub_(normalizer));
        }

        ctx.save_data(Settings, settings);
        ctx.save_for_backward(bias is null
            ? [hidden, weight, targets, normalizers.MoveToOuterDisposeScope()]
            : [hidden, weight, targets, normalizers.MoveToOuterDisposeScope(), bias]);
        return logProbs.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var settings = (TokenLogProbsSettings)ctx.get_data(Settings);
        var saved = ctx.get_saved_variables();
        var (hidden, weight, targets, normalizers) = (saved[0], saved[1], saved[2], saved[3]);
        var bias = saved.Count > 4 ? saved[4] : null;

        using var phase = StepPhases.Enter(StepPhases.Head);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var matrix = weight.to(settings.ComputeType); // [V, D]
        var hiddenGrad = empty_like(hidden);
        var weightGrad = weight.requires_grad ? zeros_like(weight) : null; // a frozen output layer takes no gradient
        var biasGrad = bias is not { requires_grad: true } ? null : zeros_like(bias);
        for (long from = 0; from < hidden.size(0); from += settings.Chunk)
        {
            using var chunk = NewDisposeScope();
            var count = Math.Min(settings.Chunk, hidden.size(0) - from);
            var rows = hidden.narrow(0, from, count).to(settings.ComputeType); // [n, D]
            var upstream = grad_output.narrow(0, from, count).unsqueeze(1) / settings.Temperature; // [n, 1]
            var slope = VocabularyLogits.Of(rows, matrix, bias, settings.Temperature, settings.SoftCap); // [n, V]: z
            var bend = settings.SoftCap is { } cap ? VocabularyLogits.CapSlope(slope, settings.Temperature, cap) : null; // [n, V]
            slope.sub_(normalizers.narrow(0, from, count).unsqueeze(1)).exp_().mul_(-upstream); // −g · p
            slope.scatter_add_(1, targets.narrow(0, from, count).unsqueeze(1), upstream); // + g at the target
            if (bend is not null)
            {
                slope.mul_(bend);
            }

            biasGrad?.add_(slope.sum(dim: 0));

            var typed = slope.to(settings.ComputeType);
            hiddenGrad.narrow(0, from, count).copy_(typed.mm(matrix)); // [n, D]
            if (weightGrad is null)
            {
                continue;
            }

            if (typed.dtype == weightGrad.dtype)
            {
                weightGrad.addmm_(typed.t(), rows); // [V, D]
            }
            else
            {
                weightGrad.add_(typed.t().mm(rows));
            }
        }

        List<Tensor> gradients = [hiddenGrad.MoveToOuterDisposeScope(), weightGrad?.MoveToOuterDisposeScope()!, null!, null!];
        if (bias is not null)
        {
            gradients.Add(biasGrad?.MoveToOuterDisposeScope()!);
        }

        return gradients;
    }
}
