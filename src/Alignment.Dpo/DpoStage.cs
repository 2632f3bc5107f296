using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Loading;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>
/// Direct preference optimisation against log-probs that the frozen reference gave once, before training. The numbers are those of
/// docs/algorithms/dpo.md.
/// </summary>
internal sealed class DpoStage(DpoOptions options, StageSession session, CausalLm policy, PairSet train, PairSet eval, int padId, MovingReference? moving = null)
{
    private const string ResultsFile = "results.json";

    private readonly UnpairedLoss? _unpaired = options.Unpaired is null ? null : new(options);
    private PairScorer? _pairs;

    private PairScorer Scorer => _pairs ??= new(options, policy, padId, moving, _unpaired);

    private int EvalBatchSize => options.Training.EvalBatchSize ?? options.Training.BatchSize;

    public static int Run(StageInvocation<DpoOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [ResultsFile]);
        if (session.IsDone)
        {
            return 0;
        }

        // 1. the policy and its tokenizer; the reference must read the same tokens and be where the policy came from
        var options = invocation.Options;
        if (options.Reference is { } reference)
        {
            ReferenceContract.Check(options.Model, reference);
            ModelLineage.CheckReference(options.Model, reference, session.Log);
        }

        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(options.Model));
        TemplateContract.CheckReference(tokenizer, new DataSets(tokenizer, options.Data).Template, options.Reference, ModelLineage.TemplateOf);
        using var policy = StageModels.LoadCausalLm(options.Training, options.Model, invocation.Seed);
        VocabularyContract.Check(policy.Config, tokenizer.VocabularySize, options.Model);

        // 2. the pairs, prompt and responses tokenized apart
        var pairs = PairRows.Load(options, tokenizer, policy.Config, session);

        // 3. log-probs of both responses under the reference, once, or from the file; a moving reference reads each batch anew
        var scoring = options.ReferenceFree ? null : new ReferenceScoring(options, session, policy, tokenizer);
        using var moving = options.SyncRefModel ? new MovingReference(LoadReference(options), policy, options.RefModelMixupAlpha, options.RefModelSyncSteps) : null;
        var (train, eval) = scoring is null || moving is not null ? (new PairSet(pairs.Train, null), new PairSet(pairs.Eval, null)) : scoring.Run(pairs);
        train = train with { Mix = pairs.Mix };
        if (options.MatchUnderlyingDistribution is { } matching)
        {
            var ratios = DensityRatios.Of(matching, policy, train.Pairs, eval.Pairs, options.Training.EvalBatchSize ?? options.Training.BatchSize, invocation.Seed, session.Cancel);
            (train, eval) = (train with { DensityRatios = ratios.Train }, eval with { DensityRatios = ratios.Eval });
            session.Measure("train/density_ratio", ratios.Train.Where((_, row) => train.Pairs[row].Label != 1).Average());
        }


        // 4. before the first step policy and reference must agree
        var stage = new DpoStage(options, session, policy, train, eval, tokenizer.PadId, moving);
        if (scoring is { IsOwnReference: true })
        {
            stage.TestSelf();
        }

        var result = stage.Train();

        // 9. the model folder, read back and compared
        if (options.Training.MergeAdapter)
        {
            policy.MergeAdapter();
        }

        ModelFolder.Save(policy, session.Folder.Model, options.Training.ToSaveOptions(new DataSets(tokenizer, options.Data).CopyTokenizer, GenerationConfigFile.From(options.Model, policy.Config)));
        stage.WriteResults(result);
        session.Finish(ResultsFile);
        return 0;
    }

    private static CausalLm LoadReference(DpoOptions options) =>
        ModelFolder.LoadCausalLm(options.Reference ?? options.Model, Devices.Parse(options.Training.Device), options.Training.Dtype.ToScalarType());

    private void TestSelf()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        SelfTest.Check(Scorer.Score(train, PairSet.Batches(train.Pairs, EvalBatchSize).First()).Pairwise, options);
    }

    private TrainingResult Train()
    {
        // Pairs of like length share a step; the order is a function of the seed and the epoch, and knows nothing of micro-batches.
        var lengths = train.Pairs.Select(PairSet.Length).ToArray();
        var order = new EpochOrder(
            lengths, options.Training.BatchSize * options.Training.GradientAccumulationSteps, options.Training.GroupByLength, Seeds.Derive(session.Manifest.Seed, "shuffle"), train.Mix);
        return new TrainingLoop(options.Training, new TrainingTask
        {
            Model = policy,
            Dropout = false, // the reference was read without
            RowCount = order.Rows,
            Order = order.Of,
            Sources = train.Mix?.Names ?? [],
            SourceOf = row => train.Mix!.SourceOf(row),
            RowId = row => train.Pairs[row].RowId,
            Loss = Loss,
            AfterStep = moving is null ? null : moving.AfterStep,
            Parts = [.. moving is null ? [] : (CheckpointPart[])[moving.Part], .. _unpaired is null ? [] : (CheckpointPart[])[_unpaired.Part]],
            Evaluate = eval.Pairs.Count > 0 ? Evaluate : null,
            Memory = StageModels.Memory(
                options.Training, policy.Config, options.Model, 2 * options.Training.BatchSize, lengths.Max(), dropout: false,
                tokens: MicroBatchTokens.Most([.. train.Pairs.Select(pair => pair.Prompt.Length + pair.Chosen.Length + pair.Rejected.Length)], options.Training.BatchSize, options.Training.GroupByLength)),
        }, session).Run();
    }

    // 5-7. Σ over the pairs of a micro-batch
    internal Tensor Loss(int[] rows, MetricMeans metrics)
    {
        using var scope = NewDisposeScope();
        var scores = Scorer.Score(train, rows, training: true);
        AddMetrics(metrics, scores);
        metrics.Count("num_tokens", scores.Batch.TokenCount);
        return scores.Losses.sum().MoveToOuterDisposeScope(); // []
    }

    // 8. the same on held-out pairs
    private IEnumerable<KeyValuePair<string, double>> Evaluate(CancellationToken cancel)
    {
        var metrics = new MetricMeans();
        foreach (var rows in PairSet.Batches(eval.Pairs, EvalBatchSize))
        {
            cancel.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var scores = Scorer.Score(eval, rows);
            metrics.Add("loss", scores.Losses.mean(), rows.Length);
            AddMetrics(metrics, scores);
        }

        return metrics.Take();
    }

    // 7. what TRL logs, and how far the chosen responses have moved from the reference
    private void AddMetrics(MetricMeans metrics, PairScores scores)
    {
        if (_unpaired is null)
        {
            PairMetrics.Add(metrics, scores, scores.Tokens, options.HasLikelihood);
        }
        else
        {
            _unpaired.AddMetrics(metrics, scores);
        }
    }

    private void WriteResults(TrainingResult result)
    {
        var evaluation = new JsonObject();
        foreach (var (name, value) in result.Evaluation.Where(pair => double.IsFinite(pair.Value)))
        {
            evaluation[name] = value;
            session.Measure(name, value);
        }

        var results = new JsonObject { ["steps"] = result.Steps, ["model_step"] = result.ModelStep, ["evaluation"] = evaluation };
        AtomicFile.WriteText(Path.Combine(session.Folder.Root, ResultsFile), results.ToJsonString() + "\n");
    }
}
