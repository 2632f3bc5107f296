using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Sft;

/// <summary>
/// Supervised fine-tuning, and pre-training where the rows are texts: the mean negative log-likelihood of the supervised tokens. The
/// numbers are those of docs/algorithms/sft.md.
/// </summary>
internal sealed class SftStage(SftOptions options, StageSession session, CausalLm model, IReadOnlyList<TokenExample> train, SourceMix? mix, IReadOnlyList<TokenExample> eval, int padId)
{
    public static int Run(StageInvocation<SftOptions> invocation)
    {
        using var session = StageSession.Begin(invocation);
        if (session.IsDone)
        {
            return 0;
        }

        // 1. the model, new or to be trained further, and its tokenizer
        var options = invocation.Options;
        if (options.Classification is not null)
        {
            return ClassificationStage.Run(options, session);
        }

        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain((options.Model ?? options.Tokenizer)!));
        var stopIds = new DataSets(tokenizer, options.Data).Template.StopIds(tokenizer);
        using var model = LoadModel(options, tokenizer, stopIds, invocation.Seed);

        // 2. the rows, none beyond the model's context; what counts in the loss comes from spans
        var context = model.Config.ContextLength;
        if (options.Data.MaxLength > context)
        {
            session.Log.Information("data.max_length is {MaxLength}, the model's context {Context} tokens: rows may have no more than that", options.Data.MaxLength, context);
        }

        var length = Math.Min(options.Data.MaxLength, context);
        var sets = new DataSets(tokenizer, options.Data with { MaxLength = length });
        var packing = Seeds.Derive(invocation.Seed, "packing");
        var (train, eval) = options.Files.Load(sets, (part, files, _) => part.Supervised(files, options.Packing, packing));
        foreach (var (name, value) in train.Counts("train").Concat(eval?.Counts("eval") ?? []))
        {
            session.Count(name, value);
        }

        if (options.Packing != Packing.None)
        {
            var filled = train.Examples.Sum(example => (long)example.Ids.Length) / ((double)train.Examples.Count * length);
            session.Log.Information("{Rows} rows share {Sequences} sequences of at most {MaxLength} tokens, {Filled:P1} full", train.Overflow.Kept, train.Examples.Count, length, filled);
            session.Measure("train/packed_share", filled);
        }

        new SftStage(options, session, model, train.Examples, train.Mix, eval?.Examples ?? [], tokenizer.PadId).Train();

        // 6. the model folder, read back and compared
        if (options.Training.MergeAdapter)
        {
            model.MergeAdapter();
        }

        ModelFolder.Save(model, session.Folder.Model, options.Training.ToSaveOptions(sets.CopyTokenizer, GenerationConfigFile.From(options.Model, model.Config, stopIds)));
        session.Finish();
        return 0;
    }

    private static CausalLm LoadModel(SftOptions options, TextTokenizer tokenizer, IReadOnlyList<int> stopIds, long seed)
    {
        if (options.NewModel is { } shape)
        {
            var config = shape.ToConfig(tokenizer.VocabularySize) with
            {
                BosId = tokenizer.BosId,
                EosIds = [.. stopIds],
                PadId = tokenizer.PadId,
            };
            var made = ModelFolder.CreateCausalLm(config, Seeds.Derive(seed, "init"), Devices.Parse(options.Training.Device), options.Training.Dtype.ToScalarType());
            made.GradientCheckpointing = options.Training.GradientCheckpointing;
            return made;
        }

        var model = StageModels.LoadCausalLm(options.Training, options.Model!, seed);
        VocabularyContract.Check(model.Config, tokenizer.VocabularySize, options.Model!);
        return model;
    }

    private void Train()
    {
        var lengths = train.Select(example => example.Ids.Length).ToArray();
        var order = new EpochOrder(
            lengths, options.Training.BatchSize * options.Training.GradientAccumulationSteps, options.Training.GroupByLength, Seeds.Derive(session.Manifest.Seed, "shuffle"), mix);
        var targets = train.Select(example => (double)example.Supervised.Count(counts => counts)).ToArray();
        new TrainingLoop(options.Training, new TrainingTask
        {
            Model = model,
            RowCount = order.Rows,
            Order = order.Of,
            Sources = mix?.Names ?? [],
            SourceOf = row => mix!.SourceOf(row),
            Weight = row => targets[row],
            RowId = row => train[row].RowId,
            Loss = Loss,
            RowsAreIndependent = true,
            Evaluate = eval.Count > 0 ? Evaluate : null,
            Memory = StageModels.Memory(options.Training, model.Config, options.Model ?? "", options.Training.BatchSize, lengths.Max(), dropout: true),
        }, session).Run();
    }

    // 3-5. Σ −log p of the supervised tokens of a micro-batch
    internal Tensor Loss(int[] rows, MetricMeans metrics)
    {
        using var scope = NewDisposeScope();
        var batch = PaddedBatch.Of([.. rows.Select(row => train[row])], padId);
        var targets = Targets(batch);
        var hidden = targets.Hidden(model);             // [N, D]
        var scores = targets.Score(model, hidden);      // [N] each
        AddStatistics(metrics, scores);
        metrics.Count("num_tokens", batch.TokenCount);
        metrics.Add("supervised_ratio", (double)batch.SupervisedCount / batch.TokenCount, batch.TokenCount);
        return scores.LogProb.sum().neg().MoveToOuterDisposeScope(); // []
    }

    private IEnumerable<KeyValuePair<string, double>> Evaluate(CancellationToken cancel)
    {
        var metrics = new MetricMeans();
        var batchSize = options.Training.EvalBatchSize ?? options.Training.BatchSize;
        foreach (var rows in eval.OrderBy(example => example.Ids.Length).Chunk(batchSize))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var targets = Targets(PaddedBatch.Of(rows, padId));
            AddStatistics(metrics, targets.Score(model, targets.Hidden(model)), withLoss: true);
        }

        return metrics.Take();
    }

    private TargetBatch Targets(PaddedBatch batch)
    {
        var targets = batch.Targets();
        return TargetBatch.Of(batch.Ids, batch.Rows, batch.Length, targets.HiddenRows, targets.Ids, model.Device, batch.Starts);
    }

    private static void AddStatistics(MetricMeans metrics, TokenStatistics statistics, bool withLoss = false)
    {
        var count = statistics.LogProb.size(0);
        if (withLoss)
        {
            metrics.Add("loss", statistics.LogProb.mean().neg(), count);
        }

        metrics.Add("mean_token_accuracy", statistics.Correct.to(ScalarType.Float32).mean(), count);
        metrics.Add("entropy", statistics.Entropy.mean(), count);
    }
}
