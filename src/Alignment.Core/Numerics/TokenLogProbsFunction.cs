using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>
/// The custom derivative of <see cref="TokenLogProbs"/>. Forward keeps the log-normalisers [N] and a bounded number of logits; backward makes
/// the other logits again and turns each chunk in place into its gradient.
/// </summary>
internal sealed class TokenLogProbsFunction : autograd.MultiTensorFunction<TokenLogProbsFunction>
{
    private const string Settings = "settings";
    private const string Kept = "kept";

    public override string Name => nameof(TokenLogProbsFunction);

    /// <summary>
    /// Arguments: hidden [N, D], weight [V, D], targets [N], settings, then bias [V] if there is one. Results: log-probs, and with statistics
    /// entropy, hits and mean logits, [N] each.
    /// </summary>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (hidden, weight, targets) = ((Tensor)vars[0], (Tensor)vars[1], (Tensor)vars[2]);
        var settings = (TokenLogProbsSettings)vars[3];
        var bias = vars.Length > 4 ? (Tensor)vars[4] : null;

        using var phase = StepPhases.Enter(StepPhases.Head);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var matrix = VocabularyChunk.Matrix(settings, hidden, weight, bias); // [V, D]
        var kept = new KeptLogits(settings.KeptBytes);
        var vocabulary = new VocabularyChunk(settings, hidden, matrix, bias);
        var scores = TokenScores.For(hidden, settings.WithStatistics);
        for (long from = 0; from < hidden.size(0); from += settings.Chunk)
        {
            using var chunk = NewDisposeScope();
            var count = Math.Min(settings.Chunk, hidden.size(0) - from);
            var logits = vocabulary.Logits(hidden.narrow(0, from, count).to(settings.ComputeType)); // [n, V]
            vocabulary.Score(logits, targets.narrow(0, from, count), scores.Rows(from, count));
            kept.Offer(from, logits);
        }

        if (matrix.dtype != weight.dtype)
        {
            kept.KeepMatrix(matrix);
        }

        ctx.save_data(Settings, settings);
        ctx.save_data(Kept, kept);
        ctx.save_for_backward(bias is null ? [hidden, weight, targets, scores.Normalizer] : [hidden, weight, targets, scores.Normalizer, bias]);
        Tensor[] others = scores.Entropy is null ? [] : [scores.Entropy, scores.Correct!, scores.MeanLogit!];
        ctx.mark_non_differentiable([.. others]);
        scores.Normalizer.MoveToOuterDisposeScope();
        return [.. others.Prepend(scores.LogProb).Select(result => result.MoveToOuterDisposeScope())];
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs) => BackwardPass.Run(grad_outputs, () => Backward(ctx, grad_outputs));

    private static List<Tensor> Backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var settings = (TokenLogProbsSettings)ctx.get_data(Settings);
        var kept = (KeptLogits)ctx.get_data(Kept);
        var saved = ctx.get_saved_variables();
        var (hidden, weight, targets, normalizers) = (saved[0], saved[1], saved[2], saved[3]);
        var bias = saved.Count > 4 ? saved[4] : null;

        using var phase = StepPhases.Enter(StepPhases.Head);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var matrix = kept.Matrix ?? VocabularyChunk.Matrix(settings, hidden, weight, bias); // [V, D]
        var vocabulary = new VocabularyChunk(settings, hidden, matrix, bias);
        var upstream = grad_outputs[0] / settings.Temperature; // [N]
        var hiddenGrad = empty_like(hidden);
        Tensor? weightGrad = null; // a frozen output layer takes no gradient
        var biasGrad = bias is not { requires_grad: true } ? null : zeros_like(bias);
        for (long from = 0; from < hidden.size(0); from += settings.Chunk)
        {
            using var chunk = NewDisposeScope();
            var count = Math.Min(settings.Chunk, hidden.size(0) - from);
            var rows = hidden.narrow(0, from, count).to(settings.ComputeType); // [n, D]
            using var logits = kept.Take(from) ?? vocabulary.Logits(rows); // [n, V]
            var slope = vocabulary.Slope(logits, targets.narrow(0, from, count), normalizers.narrow(0, from, count), upstream.narrow(0, from, count));
            biasGrad?.add_(slope.sum(dim: 0));

            var typed = slope.to(settings.ComputeType);
            vocabulary.HiddenGradient(typed, hiddenGrad.narrow(0, from, count)); // [n, D]
            if (weight.requires_grad)
            {
                weightGrad = vocabulary.WeightGradient(typed, rows, weight.dtype, weightGrad);
                weightGrad.MoveToOtherDisposeScope(hiddenGrad); // [V, D]
            }
        }

        kept.DropMatrix();
        if (weight.requires_grad)
        {
            weightGrad ??= zeros_like(weight); // no rows
        }

        List<Tensor> gradients = [hiddenGrad.MoveToOuterDisposeScope(), weightGrad?.MoveToOuterDisposeScope()!, null!, null!];
        if (bias is not null)
        {
            gradients.Add(biasGrad?.MoveToOuterDisposeScope()!);
        }

        return gradients;
    }
}
