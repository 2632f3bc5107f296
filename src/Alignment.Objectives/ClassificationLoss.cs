using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>Losses of classifiers, one number a row; their mean over the rows is what Hugging Face's <c>...ForSequenceClassification</c> computes.</summary>
public static class ClassificationLoss
{
    /// <summary>−log softmax(z)[y]: one class of several.</summary>
    /// <param name="logits">z, [B, C].</param>
    /// <param name="labels">y, [B] Int64, each in [0, C).</param>
    /// <returns>[B], in nats.</returns>
    /// <exception cref="ArgumentException">Shapes or types that do not fit.</exception>
    public static Tensor CrossEntropy(Tensor logits, Tensor labels)
    {
        if (logits.dim() != 2 || labels.dim() != 1 || labels.size(0) != logits.size(0) || labels.dtype != ScalarType.Int64)
        {
            throw new ArgumentException($"Expected logits [B, C] and Int64 labels [B], got [{string.Join(", ", logits.shape)}] and {labels.dtype} [{string.Join(", ", labels.shape)}].", nameof(labels));
        }

        using var scope = NewDisposeScope();
        return logits.log_softmax(-1).gather(1, labels.unsqueeze(1)).squeeze(1).neg().MoveToOuterDisposeScope();
    }

    /// <summary>−mean over the classes of y · log σ(z) + (1 − y) · log σ(−z): any number of classes at once.</summary>
    /// <param name="logits">z, [B, C].</param>
    /// <param name="labels">y, [B, C], 0 to 1, of the logits' type.</param>
    /// <returns>[B], in nats.</returns>
    /// <exception cref="ArgumentException">Shapes that differ.</exception>
    public static Tensor BinaryCrossEntropy(Tensor logits, Tensor labels)
    {
        CheckSame(logits, labels);
        using var scope = NewDisposeScope();
        var logLikelihood = (labels * nn.functional.logsigmoid(logits)) + ((1 - labels) * nn.functional.logsigmoid(logits.neg())); // [B, C]
        return logLikelihood.mean([1]).neg().MoveToOuterDisposeScope();
    }

    /// <summary>Mean over the outputs of (z − y)²: regression.</summary>
    /// <param name="outputs">z, [B, C].</param>
    /// <param name="targets">y, [B, C], of the outputs' type.</param>
    /// <returns>[B].</returns>
    /// <exception cref="ArgumentException">Shapes that differ.</exception>
    public static Tensor MeanSquaredError(Tensor outputs, Tensor targets)
    {
        CheckSame(outputs, targets);
        using var scope = NewDisposeScope();
        return (outputs - targets).square().mean([1]).MoveToOuterDisposeScope();
    }

    private static void CheckSame(Tensor left, Tensor right)
    {
        if (left.dim() != 2 || !left.shape.AsSpan().SequenceEqual(right.shape))
        {
            throw new ArgumentException($"Expected two tensors [B, C] of one shape, got [{string.Join(", ", left.shape)}] and [{string.Join(", ", right.shape)}].", nameof(right));
        }
    }
}
