using Alignment.Core.Generation;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>Scores rows by a language model, in eval mode. Labels are shifted as transformers does: the place before predicts each.</summary>
internal sealed class LanguageModelScorer(CausalLm model, ScoreSettings settings, IReadOnlySet<string> adapterKeys) : IRowScorer
{
    public RowScore Score(ScoreRow row)
    {
        using var scope = NewDisposeScope();
        using var gradients = set_grad_enabled(settings.GradNorms);
        var input = RowTensors.Of(row, model.Config, model.Device);
        var hidden = model.Hidden(input.Ids, input.Real, input.Positions); // [B, T, D]
        var loss = settings.Loss || settings.GradNorms ? Loss(row, input, hidden) : null;
        var norms = settings.GradNorms && loss is not null ? GradientNorms.Of(model, loss, adapterKeys) : null;

        using var noGrad = no_grad();
        hidden = hidden.detach();
        return new RowScore
        {
            LogProbs = LogProbs(row, input, hidden),
            Logits = settings.Logits ? model.Logits(hidden).cpu().MoveToOuterDisposeScope() : null,
            Loss = loss?.ToDouble(),
            GradNorms = norms,
            Greedy = settings.Greedy > 0 ? Greedy(row) : null,
        };
    }

    public void Dispose() => model.Dispose();

    /// <summary>Mean of −log p over the labels that count; null when there are none.</summary>
    private Tensor? Loss(ScoreRow row, RowTensors input, Tensor hidden)
    {
        var time = row.Ids[0].Length;
        var places = new List<long>();
        var targets = new List<long>();
        for (var sequence = 0; sequence < row.Ids.Count; sequence++)
        {
            for (var place = 1; place < time; place++)
            {
                var label = row.Labels is { } labels ? labels[sequence][place]
                    : IsPredicted(row, sequence, place) ? row.Ids[sequence][place]
                    : ScoreRow.NotCounted;
                if (label != ScoreRow.NotCounted)
                {
                    places.Add(((long)sequence * time) + place - 1);
                    targets.Add(label);
                }
            }
        }

        return places.Count == 0 ? null : LogProbs(input, hidden, places, targets).mean().neg();
    }

    private double?[][] LogProbs(ScoreRow row, RowTensors input, Tensor hidden)
    {
        var (rows, time) = (row.Ids.Count, row.Ids[0].Length);
        if (time == 1)
        {
            return [.. row.Ids.Select(_ => Array.Empty<double?>())];
        }

        var all = Enumerable.Range(0, rows).SelectMany(sequence => Enumerable.Range(1, time - 1).Select(place => (Sequence: sequence, Place: place))).ToList();
        var values = LogProbs(input, hidden, [.. all.Select(at => ((long)at.Sequence * time) + at.Place - 1)], [.. all.Select(at => (long)row.Ids[at.Sequence][at.Place])])
            .cpu().data<float>().ToArray(); // B·(T − 1)
        return [.. Enumerable.Range(0, rows).Select(sequence => Enumerable.Range(1, time - 1)
            .Select(place => IsPredicted(row, sequence, place) ? values[(sequence * (time - 1)) + place - 1] : (double?)null).ToArray())];
    }

    /// <summary>log p of targets from the hidden states at flattened places, [N].</summary>
    private Tensor LogProbs(RowTensors input, Tensor hidden, List<long> places, List<long> targets)
    {
        var sent = Devices.Send(model.Device, [.. places], [.. targets]);
        var batch = new TargetBatch(input.Ids, sent[0], sent[1]);
        return batch.LogProbs(model, hidden.reshape(-1, hidden.size(2)).index_select(0, batch.HiddenRows));
    }

    /// <summary>Whether a place and the one before it hold real tokens.</summary>
    private static bool IsPredicted(ScoreRow row, int sequence, int place) => row.IsReal(sequence, place) && row.IsReal(sequence, place - 1);

    /// <summary>Padding is taken out first, so its side changes nothing. Ids that end a response do not end these.</summary>
    private int[][] Greedy(ScoreRow row)
    {
        var prompts = row.Ids.Select((ids, sequence) => ids.Where((_, place) => row.IsReal(sequence, place)).ToArray()).ToArray();
        var generator = new TextGenerator(model, new SamplingOptions { Temperature = 0, MaxNewTokens = settings.Greedy });
        return [.. generator.Generate(prompts, new long[prompts.Length]).Select(response => response.Ids)];
    }
}
