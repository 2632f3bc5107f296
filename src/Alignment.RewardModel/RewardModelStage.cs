using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Memory;
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

namespace Alignment.RewardModel;

/// <summary>
/// A reward model from responses that people compared, ranked or rated: training, then the normalisation that is stored with the model. The
/// numbers are those of docs/algorithms/reward-model.md.
/// </summary>
internal sealed class RewardModelStage(
    RewardModelOptions options, StageSession session, ScalarHeadModel model, IReadOnlyList<ResponseGroup> train, SourceMix? mix, IReadOnlyList<ResponseGroup> eval, int padId)
{
    private const int ComparedScores = 16;
    private const double ScoreTolerance = 1e-5;

    private readonly RewardLoss _loss = new(options.Loss, options.CenterRewardsCoefficient ?? 0, model.RatingScale);
    private readonly int _scoredTogether = train.Max(group => group.Responses.Count) * (options.Training.EvalBatchSize ?? options.Training.BatchSize);

    public static int Run(StageInvocation<RewardModelOptions> invocation, StageConsole? console = null)
    {
        using var session = StageSession.Begin(invocation, console: console, otherResults: [RewardResults.FileName]);
        if (session.IsDone)
        {
            return 0;
        }

        // 1. the model: a new score head on a language model, or a reward model as it is
        var options = invocation.Options;
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(options.Model));
        using var model = StageModels.LoadScalarHead(options.Training, options.Model, invocation.Seed, heads: options.Ensemble?.Heads);
        VocabularyContract.Check(model.Config, tokenizer.VocabularySize, options.Model);
        RewardNormalization.Check(options, tokenizer);

        // 2. responses by their prompts; nothing may be longer than the model can read
        var sets = new DataSets(tokenizer, options.Data with { MaxLength = Math.Min(options.Data.MaxLength, model.Config.ContextLength) });
        var data = new RewardData(options.Loss, sets, session);
        var (loaded, eval) = data.Load(options.Files);
        var train = loaded.Examples;
        var prompts = options.Normalization.Prompts is { Count: > 0 } files ? data.Counted("normalization", sets.Prompts(files, options.Normalization.MaxNewTokens)) : [];

        model.RatingScale = options.Loss == RewardLossKind.Rating ? model.RatingScale ?? RatingScales.Of(train) : null;

        var ensemble = model.Ensemble is { } stored && options.Ensemble is { } wanted ? stored with { Aggregation = wanted.Aggregation, Confidence = wanted.Confidence } : model.Ensemble;

        // 3-6. training
        var stage = new RewardModelStage(options, session, model, train, loaded.Mix, eval, tokenizer.PadId);
        stage.Train();

        // 7-8. normalisation and held-out pairs
        var results = stage.Measure(prompts, ensemble);

        // 9. the model folder, read back and compared
        stage.Save(tokenizer);
        results.Write(session);
        session.Finish(RewardResults.FileName);
        return 0;
    }

    private void Train()
    {
        // While training, several heads are put together by their plain mean: where their zeros lie is not known yet.
        model.Ensemble = model.Ensemble is null ? null : new RewardEnsemble(new double[model.HeadCount]);

        // 3. Prompts of like length share a batch; the order is a function of the seed and the epoch.
        var lengths = train.Select(group => group.Length).ToArray();
        var order = new EpochOrder(
            lengths, options.Training.BatchSize * options.Training.GradientAccumulationSteps, options.Training.GroupByLength, Seeds.Derive(session.Manifest.Seed, "shuffle"), mix);
        var rows = options.Training.BatchSize * train.Max(group => group.Responses.Count);
        new TrainingLoop(options.Training, new TrainingTask
        {
            Model = model,
            Dropout = false, // as TRL: responses that are compared must be scored by one and the same model
            RowCount = order.Rows,
            Order = order.Of,
            Sources = mix?.Names ?? [],
            SourceOf = row => mix!.SourceOf(row),
            RowId = row => train[row].RowId,
            Weight = row => _loss.Weight(train[row]),
            Loss = Loss,
            RowsAreIndependent = true,
            Memory = StageModels.Memory(
                options.Training, model.Config, options.Model, rows, lengths.Max(), dropout: false, scalarHead: true,
                tokens: MicroBatchTokens.Most([.. train.Select(group => group.Prompt.Length + group.Responses.Sum(response => response.Length))], options.Training.BatchSize, options.Training.GroupByLength)),
            Evaluate = eval.Count > 0 ? cancel => Score(eval, cancel).Metrics(_loss, model.RatingScale) : null,
        }, session).Run();
    }

    internal Tensor Loss(int[] rows, MetricMeans metrics)
    {
        // 4. all responses in one forward pass, in which those to one prompt share it; the score stands at the last real token
        using var scope = NewDisposeScope();
        ResponseGroup[] groups = [.. rows.Select(row => train[row])];
        var batch = PaddedBatch.OfResponses([.. groups.SelectMany(group => group.Responses.Select(response => (group.RowId, group.Prompt, response)))], padId);
        var ids = tensor(batch.Ids, [batch.Rows, batch.Length]).SentTo(model.Device); // [N, T], N = ΣK
        var heads = model.HeadScores(ids, batch.Lengths);                              // [N, H]

        // 5-6. the loss of each prompt; the loop updates
        var losses = Losses(groups, rows, heads); // [B]
        metrics.Reads.AddAll(heads, said =>
        {
            Scored(groups, [.. said.Chunk(model.HeadCount)]).AddTo(metrics);
            metrics.Count("num_tokens", batch.TokenCount);
        });
        return losses.sum().MoveToOuterDisposeScope(); // []
    }

    /// <summary>The mean of the heads' losses, each with its own weights of the rows where they are resampled, [B].</summary>
    private Tensor Losses(ResponseGroup[] groups, int[] rows, Tensor heads)
    {
        if (model.HeadCount == 1)
        {
            return _loss.Compute(groups, heads.squeeze(-1));
        }

        using var scope = NewDisposeScope();
        var sum = zeros([groups.Length], dtype: heads.dtype, device: heads.device);
        for (var head = 0; head < model.HeadCount; head++)
        {
            var losses = _loss.Compute(groups, heads.select(1, head)); // [B]
            if (options.Ensemble?.Bootstrap == true)
            {
                losses = losses * tensor(rows.Select(row => (double)HeadBootstrap.Weight(session.Manifest.Seed, head, row)).ToArray(), heads.dtype).SentTo(heads.device);
            }

            sum = sum + losses;
        }

        return (sum / model.HeadCount).MoveToOuterDisposeScope();
    }

    private GroupScores Score(IReadOnlyList<ResponseGroup> groups, CancellationToken cancel) =>
        Scored(groups, ResponseScores.HeadRewards(model, RewardNormalization.ResponsesOf(groups), _scoredTogether, cancel));

    private GroupScores Scored(IReadOnlyList<ResponseGroup> groups, double[][] heads) => model.Ensemble is { } ensemble
        ? new(groups, [.. heads.Select(row => RewardEnsemble.Aggregate(row, ensemble.Aggregation, ensemble.Confidence))]) { Heads = heads }
        : new(groups, [.. heads.Select(row => row[0])]);

    /// <summary>Nothing here is in a checkpoint: the last one has the trained weights, and the rest is a function of them and the seed.</summary>
    private RewardResults Measure(IReadOnlyList<PromptExample> prompts, RewardEnsemble? ensemble)
    {
        try
        {
            Normalize(prompts, ensemble);
            var scores = eval.Count > 0 ? Score(eval, session.Cancel) : null;
            var results = RewardResults.Of(scores, model.RatingScale, (model.RewardMean, model.RewardStd), Seeds.Derive(session.Manifest.Seed, "bootstrap"));
            model.Temperature = results.Temperature;
            if (scores is not null && ReliabilityFigure.Of(scores, results.Temperature) is { } figure)
            {
                session.Show(figure);
            }

            return results;
        }
        catch (OperationCanceledException) when (session.Cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException("stopped after the training; its last checkpoint is written, run the same command to go on");
        }
    }

    private void Normalize(IReadOnlyList<PromptExample> prompts, RewardEnsemble? ensemble)
    {
        IReadOnlyList<PromptedResponse> samples;
        if (prompts.Count > 0)
        {
            session.Log.Information("Sampling {Samples} responses to scale the reward", options.Normalization.Samples);
            (samples, var finished) = RewardNormalization.Sample(options, prompts, session.Manifest.Seed, session.Cancel);
            session.Count("normalization/finished", finished);
        }
        else
        {
            samples = RewardNormalization.ResponsesOf(train);
        }

        session.Count("normalization/samples", samples.Count);
        var heads = ResponseScores.HeadRewards(model, samples, _scoredTogether, session.Cancel);
        if (ensemble is null)
        {
            (model.RewardMean, model.RewardStd) = RewardNormalization.Moments([.. heads.Select(row => row[0])]);
            return;
        }

        model.Ensemble = RewardNormalization.Scaled(ensemble, heads, keepOffsets: model.RatingScale is not null);
        model.UseAggregation(ensemble.Aggregation);
    }

    private void Save(TextTokenizer tokenizer)
    {
        if (options.Training.MergeAdapter)
        {
            model.MergeAdapter();
        }

        // The ids that end a response stay the parent's.
        ModelFolder.Save(model, session.Folder.Model, options.Training.ToSaveOptions(new DataSets(tokenizer, options.Data).CopyTokenizer, GenerationConfigFile.From(options.Model, model.Config)));
        if (options.Training.SaveDtype != StoredPrecision.Fp32)
        {
            return; // rounded on purpose; the bytes were compared
        }

        using var stored = ModelFolder.LoadScalarHead(session.Folder.Model, device: model.Device, computeType: model.ComputeType);
        var responses = RewardNormalization.ResponsesOf(eval.Count > 0 ? eval : train).Take(ComparedScores).ToArray();
        var expected = Normalized(model);
        var found = Normalized(stored);
        var worst = expected.Zip(found, (a, b) => Math.Abs(a - b) / (1 + Math.Abs(a))).Max();
        if (!(worst <= ScoreTolerance))
        {
            throw new IOException($"{session.Folder.Model}: the stored model scores otherwise than the trained one (by {worst:0.0e+0}); the disk may be failing");
        }

        double[] Normalized(ScalarHeadModel scorer) =>
            [.. ResponseScores.Rewards(scorer, responses, ComparedScores).Select(raw => (raw - scorer.RewardMean) / scorer.RewardStd)];
    }
}
