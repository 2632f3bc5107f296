using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>What the metrics say about predicted tokens; every member is [N], without gradient, and belongs to the caller's dispose scope.</summary>
/// <param name="LogProb">log p(target), in nats.</param>
/// <param name="Entropy">−Σ p·log p over the vocabulary, in nats.</param>
/// <param name="Correct">Bool: the target is the most likely token.</param>
/// <param name="MeanLogit">Mean over the vocabulary of the logits after division by the temperature.</param>
public readonly record struct TokenStatistics(Tensor LogProb, Tensor Entropy, Tensor Correct, Tensor MeanLogit)
{
    /// <summary>The statistics of the rows that count; arguments as in <see cref="TokenLogProbs.Compute"/>.</summary>
    /// <exception cref="ArgumentException">Shapes, types, temperature, chunk or cap that do not fit.</exception>
    public static TokenStatistics Compute(
        Tensor hidden, Tensor weight, Tensor targets, double temperature = 1.0, Tensor? bias = null, long chunk = TokenLogProbs.DefaultChunk, ScalarType? computeType = null, double? softCap = null)
    {
        VocabularyLogits.Check(hidden, weight, targets, temperature, bias, chunk, softCap);
        using var phase = StepPhases.Enter(StepPhases.Head);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var type = computeType ?? weight.dtype;
        var matrix = weight.to(type); // [V, D]
        var count = hidden.size(0);
        var result = new TokenStatistics(
            empty([count], dtype: hidden.dtype, device: hidden.device),
            empty([count], dtype: hidden.dtype, device: hidden.device),
            empty([count], dtype: ScalarType.Bool, device: hidden.device),
            empty([count], dtype: hidden.dtype, device: hidden.device));
        for (long from = 0; from < count; from += chunk)
        {
            using var inner = NewDisposeScope();
            var length = Math.Min(chunk, count - from);
            var wanted = targets.narrow(0, from, length).unsqueeze(1); // [n, 1]
            var logits = VocabularyLogits.Of(hidden.narrow(0, from, length).to(type), matrix, bias, temperature, softCap); // [n, V]
            result.MeanLogit.narrow(0, from, length).copy_(logits.mean([1]));
            result.Correct.narrow(0, from, length).copy_(logits.argmax(1).eq(wanted.squeeze(1)));

            logits.sub_(logits.logsumexp(1, keepdim: true)); // log p
            result.LogProb.narrow(0, from, length).copy_(logits.gather(1, wanted).squeeze(1));

            // p · log p in one more buffer; a log-prob of −∞ has p = 0 and counts as 0.
            var weighted = logits.exp().mul_(logits.clamp_(min: (Scalar)(-1e30)));
            result.Entropy.narrow(0, from, length).copy_(weighted.sum(1).neg_());
        }

        result.LogProb.MoveToOuterDisposeScope();
        result.Entropy.MoveToOuterDisposeScope();
        result.Correct.MoveToOuterDisposeScope();
        result.MeanLogit.MoveToOuterDisposeScope();
        return result;
    }
}
