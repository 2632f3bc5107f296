using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Formats;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Objectives;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Sft;

/// <summary>Fine-tuning of a classifier on texts with labels. The numbers are those of docs/algorithms/classification.md.</summary>
internal sealed class ClassificationStage(
    SftOptions options, StageSession session, SequenceClassifier model, IReadOnlyList<LabelledExample> train, IReadOnlyList<LabelledExample> eval)
{
    /// <summary>Runs the stage in an open session.</summary>
    public static int Run(SftOptions options, StageSession session)
    {
        // 1. the rows, the labels in them, and the tokenizer
        var task = options.Classification!;
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain((options.Model ?? options.Tokenizer)!));
        var reader = new LabelledRows(task, options.Data.OnError);
        var trainRows = reader.Read(options.Train);
        var labels = Labels(options, trainRows);

        // 2. the model, new or with the head that it has or gets; texts no longer than its context
        using var model = LoadModel(options, labels, tokenizer, session.Manifest.Seed);
        var how = new ExampleOptions
        {
            Tokenizer = tokenizer,
            MaxLength = Math.Min(options.Data.MaxLength, model.Config.ContextLength),
            Template = ChatTemplate.Plain,
            Overflow = options.Data.Overflow,
        };
        var train = Examples(trainRows, "train");
        var eval = options.Eval.Count > 0 ? Examples(reader.Read(options.Eval), "eval") : [];
        session.Count("skipped", reader.SkippedCount);
        session.Log.Information("{Count} labels ({Problem}): {Names}", labels.Count, labels.Problem, string.Join(", ", labels.Names.Take(20)));

        new ClassificationStage(options, session, model, train, eval).Train();

        // 6. the model folder, read back and compared
        if (options.Training.MergeAdapter)
        {
            model.MergeAdapter();
        }

        ModelFolder.Save(model, session.Folder.Model, options.Training.ToSaveOptions(tokenizer.CopyTo, GenerationConfigFile.From(options.Model, model.Config)));
        session.Finish();
        return 0;

        IReadOnlyList<LabelledExample> Examples(IReadOnlyList<LabelledRow> rows, string name)
        {
            var set = LabelledExamples.Build(rows, labels.Names, labels.IsIndex, labels.Problem == ProblemType.Regression, how);
            foreach (var (key, count) in new LoadedRows<LabelledExample>(set.Examples, set.Overflow, 0, []).Counts(name))
            {
                session.Count(key, count);
            }

            return set.Examples;
        }
    }

    private static LabelSet Labels(SftOptions options, IReadOnlyList<LabelledRow> rows)
    {
        var task = options.Classification!;
        var own = options.Model is { } folder && ModelConfig.Load(folder) is { IsClassifier: true } config ? LabelSet.Of(config) : null;
        return task.Labels.Count > 0 ? new LabelSet(task.Labels, task.Problem)
            : own is not null && own.Problem == task.Problem ? own
            : task.Problem == ProblemType.Regression ? LabelSet.Numbered(rows[0].Labels.Count, task.Problem)
            : new LabelSet(LabelledExamples.NamesIn(rows), task.Problem);
    }

    private static SequenceClassifier LoadModel(SftOptions options, LabelSet labels, TextTokenizer tokenizer, long seed)
    {
        if (options.NewModel is not { } shape)
        {
            var model = StageModels.LoadClassifier(options.Training, options.Model!, labels, seed);
            VocabularyContract.Check(model.Config, tokenizer.VocabularySize, options.Model!);
            return model;
        }

        var config = shape.ToConfig(tokenizer.VocabularySize) with { BosId = tokenizer.BosId, EosIds = tokenizer.HasEos ? [tokenizer.EosId] : [], PadId = tokenizer.PadId };
        return ModelFolder.CreateClassifier(config, labels, Seeds.Derive(seed, "init"), Devices.Parse(options.Training.Device), options.Training.Dtype.ToScalarType());
    }

    private void Train()
    {
        // 3. rows of like length share a batch; the order is a function of the seed and the epoch
        var lengths = train.Select(example => example.Ids.Length).ToArray();
        var order = new EpochOrder(
            lengths, options.Training.BatchSize * options.Training.GradientAccumulationSteps, options.Training.GroupByLength, Seeds.Derive(session.Manifest.Seed, "shuffle"));
        new TrainingLoop(options.Training, new TrainingTask
        {
            Model = model,
            RowCount = order.Rows,
            Order = order.Of,
            RowId = row => train[row].RowId,
            Loss = Loss,
            Evaluate = eval.Count > 0 ? Evaluate : null,
            Memory = StageModels.Memory(options.Training, model.Config, options.Model ?? "", options.Training.BatchSize, lengths.Max(), dropout: true, scalarHead: true),
        }, session).Run();
    }

    // 4-5. logits of a micro-batch, Σ of the rows' losses
    internal Tensor Loss(int[] rows, MetricMeans metrics)
    {
        using var scope = NewDisposeScope();
        LabelledExample[] batch = [.. rows.Select(row => train[row])];
        metrics.Count("num_tokens", batch.Sum(example => example.Ids.Length));
        return Losses(Logits(batch), batch).sum().MoveToOuterDisposeScope(); // []
    }

    private IEnumerable<KeyValuePair<string, double>> Evaluate(CancellationToken cancel)
    {
        var scored = new List<(float[] Logits, double[] Label)>();
        var loss = 0.0;
        foreach (var batch in eval.OrderBy(example => example.Ids.Length).Chunk(options.Training.EvalBatchSize ?? options.Training.BatchSize))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var logits = Logits(batch); // [B, C]
            loss += Losses(logits, batch).sum().ToDouble();
            var values = logits.cpu().contiguous().data<float>().ToArray();
            scored.AddRange(batch.Zip(values.Chunk(model.Labels.Count), (example, row) => (row, example.Label)));
        }

        return [new("loss", loss / eval.Count), .. ClassificationMetrics.Of(model.Labels, scored)];
    }

    /// <summary>[B, C]. Rows are padded on the right; what is padding follows from the lengths.</summary>
    private Tensor Logits(LabelledExample[] batch)
    {
        using var scope = NewDisposeScope();
        var length = batch.Max(example => example.Ids.Length);
        var ids = Padded(example => example.Ids.Select(id => (long)id), 0L);
        var real = Padded(example => example.Ids.Select(_ => true), false);
        var segments = model.Config.IsEncoder ? Padded(example => example.Segments.Select(segment => (long)segment), 0L) : null;
        return model.Logits(
            tensor(ids, [batch.Length, length]).SentTo(model.Device),
            tensor(real, [batch.Length, length]),
            segments: segments is null ? null : tensor(segments, [batch.Length, length])).MoveToOuterDisposeScope();

        T[] Padded<T>(Func<LabelledExample, IEnumerable<T>> values, T padding) =>
            [.. batch.SelectMany(example => values(example).Concat(Enumerable.Repeat(padding, length - example.Ids.Length)))];
    }

    private Tensor Losses(Tensor logits, LabelledExample[] batch)
    {
        using var scope = NewDisposeScope();
        if (model.Labels.IsIndex)
        {
            return ClassificationLoss.CrossEntropy(logits, tensor(batch.Select(example => (long)example.Label[0]).ToArray()).SentTo(model.Device)).MoveToOuterDisposeScope();
        }

        var labels = tensor(batch.SelectMany(example => example.Label.Select(value => (float)value)).ToArray(), [batch.Length, model.Labels.Count]).SentTo(model.Device); // [B, C]
        return (model.Labels.Problem == ProblemType.MultiLabel ? ClassificationLoss.BinaryCrossEntropy(logits, labels) : ClassificationLoss.MeanSquaredError(logits, labels)).MoveToOuterDisposeScope();
    }
}
