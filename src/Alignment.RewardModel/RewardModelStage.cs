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

namespace Alignment.RewardModel;

/// <summary>
/// A reward model from pairs of responses: the mean Bradley-Terry loss, then the normalisation that is stored with the model. The numbers
/// are those of docs/algorithms/reward-model.md.
/// </summary>
internal sealed class RewardModelStage(
    RewardModelOptions options, StageSession session, ScalarHeadModel model, IReadOnlyList<PreferenceExample> train, IReadOnlyList<PreferenceExample> eval, int padId)
{
    private const int ComparedScores = 16;
    private const double ScoreTolerance = 1e-5;

    private readonly double _centerCoefficient = options.CenterRewardsCoefficient ?? 0;
    private readonly int _scoredTogether = 2 * (options.Training.EvalBatchSize ?? options.Training.BatchSize); // a pair is two responses

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
        using var model = StageModels.LoadScalarHead(options.Training, options.Model, invocation.Seed);
        VocabularyContract.Check(model.Config, tokenizer.VocabularySize, options.Model);
        RewardNormalization.Check(options, tokenizer);

        // 2. pairs that share a prompt; nothing may be longer than the model can read
        var sets = new DataSets(tokenizer, options.Data with { MaxLength = Math.Min(options.Data.MaxLength, model.Config.ContextLength) });
        var train = Counted("train", sets.Preferences(options.Train));
        var eval = options.Eval.Count > 0 ? Counted("eval", sets.Preferences(options.Eval)) : [];
        var prompts = options.Normalization.Prompts is { Count: > 0 } files ? Counted("normalization", sets.Prompts(files, options.Normalization.MaxNewTokens)) : [];

        // 3-6. training
        var stage = new RewardModelStage(options, session, model, train, eval, tokenizer.PadId);
        stage.Train();

        // 7-8. normalisation and held-out pairs
        var results = stage.Measure(prompts);

        // 9. the model folder, read back and compared
        stage.Save(tokenizer);
        results.Write(session);
        session.Finish(RewardResults.FileName);
        return 0;

        IReadOnlyList<T> Counted<T>(string name, LoadedRows<T> rows)
        {
            foreach (var (what, count) in rows.Counts(name))
            {
                session.Count(what, count);
            }

            return rows.Examples.Count > 0 ? rows.Examples : throw new InvalidDataException($"{name}: the files hold no row that can be used; see 'data.on_error'");
        }
    }

    private void Train()
    {
        // 3. Pairs of like length share a batch; the order is a function of the seed and the epoch.
        var seed = Seeds.Derive(session.Manifest.Seed, "shuffle");
        var lengths = train.Select(pair => pair.Prompt.Length + Math.Max(pair.Chosen.Length, pair.Rejected.Length)).ToArray();
        new TrainingLoop(options.Training, new TrainingTask
        {
            Model = model,
            Dropout = false, // as TRL: the two responses of a pair must be scored by one and the same model
            RowCount = train.Count,
            Order = epoch => DataOrder.Grouped(lengths, options.Training.BatchSize * options.Training.GradientAccumulationSteps, seed, epoch),
            RowId = row => train[row].RowId,
            Loss = Loss,
            Memory = StageModels.Memory(options.Training, model.Config, options.Model, 2 * options.Training.BatchSize, lengths.Max(), dropout: false, scalarHead: true),
            Evaluate = eval.Count > 0 ? cancel => Score(eval, cancel).Metrics(_centerCoefficient) : null,
        }, session).Run();
    }

    private Tensor Loss(int[] rows, MetricMeans metrics)
    {
        // 4. chosen and rejected in one forward pass; the score stands at the last real token
        using var scope = NewDisposeScope();
        PreferenceExample[] pairs = [.. rows.Select(row => train[row])];
        var batch = PaddedBatch.OfPairs(pairs, padId);
        var ids = tensor(batch.Ids, [batch.Rows, batch.Length], device: model.Device); // [2B, T]
        var rewards = model.Scores(ids, batch.Lengths);                                // [2B]
        var chosen = rewards.narrow(0, 0, pairs.Length);                               // [B]
        var rejected = rewards.narrow(0, pairs.Length, pairs.Length);                  // [B]

        // 5-6. the loss of each pair, with its margin and label; the loop updates
        var losses = PairScores.Losses(pairs, chosen, rejected, _centerCoefficient); // [B]
        var values = rewards.detach().cpu().to(ScalarType.Float64).data<double>().ToArray(); // 2B
        new PairScores(pairs, values[..pairs.Length], values[pairs.Length..]).AddTo(metrics);
        metrics.Count("num_tokens", batch.TokenCount);
        return losses.sum().MoveToOuterDisposeScope(); // []
    }

    private PairScores Score(IReadOnlyList<PreferenceExample> pairs, CancellationToken cancel)
    {
        var rewards = ResponseScores.Rewards(model, RewardNormalization.ResponsesOf(pairs), _scoredTogether, cancel);
        return new PairScores(pairs, [.. rewards.Where((_, i) => i % 2 == 0)], [.. rewards.Where((_, i) => i % 2 == 1)]);
    }

    /// <summary>Nothing here is in a checkpoint: the last one has the trained weights, and the rest is a function of them and the seed.</summary>
    private RewardResults Measure(IReadOnlyList<PromptExample> prompts)
    {
        try
        {
            var moments = Normalize(prompts);
            return RewardResults.Of(
                eval.Count > 0 ? Score(eval, session.Cancel) : null, moments, Seeds.Derive(session.Manifest.Seed, "bootstrap"));
        }
        catch (OperationCanceledException) when (session.Cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException("stopped after the training; its last checkpoint is written, run the same command to go on");
        }
    }

    private (double Mean, double Std) Normalize(IReadOnlyList<PromptExample> prompts)
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
        var moments = RewardNormalization.Moments(ResponseScores.Rewards(model, samples, _scoredTogether, session.Cancel));
        (model.RewardMean, model.RewardStd) = moments;
        return moments;
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
        var responses = RewardNormalization.ResponsesOf((eval.Count > 0 ? eval : train).Take(ComparedScores / 2));
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
