using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using Alignment.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>Scores rows by a classifier or a reward model, in eval mode: logits always, the loss transformers' for the problem type.</summary>
internal sealed class ClassifierScorer(SequenceClassifier model, ScoreSettings settings, IReadOnlySet<string> adapterKeys) : IRowScorer
{
    public RowScore Score(ScoreRow row)
    {
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(settings.GradNorms);
        var input = RowTensors.Of(row, model.Config, model.Device);
        var logits = model.Logits(input.Ids, input.Real, input.Positions, input.Segments); // [B, C]
        var loss = row.ClassLabels is { } labels && (settings.Loss || settings.GradNorms) ? Loss(logits, labels).mean() : null;
        return new RowScore
        {
            Logits = logits.detach().cpu().MoveToOuterDisposeScope(),
            Loss = loss?.ToDouble(),
            GradNorms = settings.GradNorms && loss is not null ? GradientNorms.Of(model, loss, adapterKeys) : null,
        };
    }

    public void Dispose() => model.Dispose();

    private Tensor Loss(Tensor logits, IReadOnlyList<double[]> labels)
    {
        if (model.Labels.IsIndex)
        {
            return ClassificationLoss.CrossEntropy(logits, tensor([.. labels.Select(label => (long)label[0])]).SentTo(model.Device));
        }

        var values = tensor([.. labels.SelectMany(label => label.Select(value => (float)value))], [labels.Count, model.Labels.Count]).SentTo(model.Device); // [B, C]
        return model.Labels.Problem == ProblemType.MultiLabel ? ClassificationLoss.BinaryCrossEntropy(logits, values) : ClassificationLoss.MeanSquaredError(logits, values);
    }
}
