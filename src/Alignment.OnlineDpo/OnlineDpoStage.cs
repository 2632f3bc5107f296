using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Memory;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Rollouts.Averaging;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Alignment.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.OnlineDpo;

/// <summary>
/// Online DPO and XPO: sample, score, pair, update. The numbers are those of docs/algorithms/online-dpo.md. A run that is killed and resumed gives
/// the same weights and metrics as one that is not (on the CPU).
/// </summary>
internal sealed class OnlineDpoStage : IDisposable
{
    private const string ResultsFile = "results.json";

    private static readonly HashSet<string> Evaluated =
        ["objective/scores", "objective/kl", "objective/entropy", "val/missing_eos_ratio", "completions/mean_length"];

    private readonly OnlineDpoOptions _options;
    private readonly StageSession _session;
    private readonly RolloutModels _models;
    private readonly PromptSets _prompts;
    private readonly BatchPlan _plan;
    private readonly RolloutSampler _sampler;
    private readonly RolloutScorer _scorer;
    private readonly AdamW _optimizer;
    private readonly GradientStep _gradient;
    private readonly OnlineDpoUpdate _update;
    private readonly PolicyAverage? _average;
    private readonly MetricMeans _means = new();
    private readonly long _total;
    private bool _samplerChecked;

    public OnlineDpoStage(OnlineDpoOptions options, StageSession session, RolloutModels models, PromptSets prompts)
    {
        (_options, _session, _models, _prompts) = (options, session, models, prompts);
        var (seed, training, perStep) = (session.Manifest.Seed, options.Training, options.RolloutBatchSize / options.NumGenerations);
        _plan = prompts.Plan(perStep, Seeds.Derive(seed, "shuffle"));
        _total = options.TotalSteps(training, _plan);
        _sampler = new RolloutSampler(models.Policy, options.ToSampling(models.StopIds), seed);
        _scorer = new RolloutScorer(models, options);
        var parameters = OptimizerFactory.Trained(models.Policy.parameters());
        var schedule = new LearningRateSchedule(
            training.LrSchedule, _total, LearningRateSchedule.Warmup(_total, training.WarmupSteps, training.WarmupRatio), training.LrMinRatio);
        _optimizer = OptimizerFactory.AdamW(parameters, training.WeightDecay, training.AdamBeta1, training.AdamBeta2, training.AdamEpsilon);
        _gradient = new GradientStep(_optimizer, parameters, training.LearningRate, schedule, training.MaxGradNorm, _means.Reads);
        _update = new OnlineDpoUpdate(options, models, _gradient);
        _average = options.Averaging is { } averaging ? new PolicyAverage(averaging, models) : null;
    }

    public static int Run(StageInvocation<OnlineDpoOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: [ResultsFile]);
        if (session.IsDone)
        {
            return 0;
        }

        var options = invocation.Options;
        if (options.Reference is { } reference)
        {
            ModelLineage.CheckReference(options.Model, reference, session.Log);
        }

        using var models = RolloutModels.Load(options, options.Training, invocation.Seed);
        var prompts = PromptSets.Load(options, models.Tokenizer, models.Context, session);
        using var stage = new OnlineDpoStage(options, session, models, prompts);
        stage.Train();
        return 0;
    }

    public void Dispose()
    {
        _average?.Dispose();
        _optimizer.Dispose();
    }

    private void Train()
    {
        var training = _options.Training;
        var evaluation = new RolloutEvaluation(_prompts.Eval, _options.RolloutBatchSize, training.EvalBatchSize ?? (2 * training.BatchSize), _sampler, _scorer, _models.Policy.Device);
        var task = new RolloutTask
        {
            Name = StageKinds.OnlineDpo,
            Training = training,
            Total = _total,
            Epoch = _plan.Epoch,
            Step = TrainStep,
            Means = _means,
            Before = step => [new("episode", step * _options.RolloutBatchSize)],
            After = step => [new("learning_rate", _gradient.LearningRate(step))],
            Told = [("objective/scores", "score"), ("objective/kl", "kl"), ("loss", "loss")],
            Evaluate = _prompts.Eval.Count == 0 ? null : cancel =>
                evaluation.Run((means, rollouts) => RolloutMetrics.AddObjective(means, rollouts, KlEstimator.K1, klCoefficient: null), Evaluated.Contains, cancel),
            Weights = [CheckpointParts.Module("model.safetensors", _models.Policy)],
            Average = _average,
            State = [CheckpointParts.Optimizer("optimizer.bin", _optimizer)],
            Memory = MemoryEstimate.Together(_models.Memory(_options, training, _prompts.LengthsWith(_options.MaxNewTokens))),
        };

        // 7. lines of metrics; 8. held-out prompts; 9. checkpoints
        Finish(new RolloutLoop(task, _session).Run());
    }

    /// <summary>One step; every tensor made in it dies in it.</summary>
    internal void TrainStep(long step)
    {
        using var scope = NewDisposeScope();

        // 1. responses to the prompts of the step, those to one prompt side by side
        var rollouts = new RolloutBatch(Sample(step), _models.Policy.Device);

        // 2. log-probabilities under policy and reference, scores
        var rows = Enumerable.Range(0, rollouts.Rollouts.Count).OrderByDescending(row => rollouts.Rollouts[row].Length);
        _scorer.Score(rollouts, rows.Chunk(2 * _options.Training.BatchSize), _session.Cancel);
        var own = OwnResponses(rollouts);
        if (!_samplerChecked)
        {
            SelfTest.CheckSampler(RolloutMetrics.SamplingDifference(own), _options.Training.Dtype);
            _samplerChecked = true;
        }

        var isReference = step == 1 && _models.IsOwnReference;
        if (isReference)
        {
            SelfTest.CheckReference(rollouts, _options.Training.Dtype);
        }

        // 3. a better and a worse response to each prompt
        _prompts.AddShares(_means, _plan.Rows(step));
        var pairs = _options.Method == OnlineMethod.Xpo ? ResponsePair.AsDrawn(rollouts.Scores) : ResponsePair.BestAndWorst(rollouts.Scores, _options.NumGenerations);
        AddMetrics(rollouts, own, pairs);

        // 4-6. DPO's loss on them
        _update.Run(step, rollouts, pairs, isReference, _means);
    }

    private Rollout[] Sample(long step)
    {
        PromptExample[] prompts = [.. _plan.Rows(step).Select(row => _prompts.Train[row])];
        string Purpose(string name) => string.Create(CultureInfo.InvariantCulture, $"{name}/{step}");
        if (_options.Method == OnlineMethod.OnlineDpo)
        {
            return _sampler.Sample([.. prompts.SelectMany(prompt => Enumerable.Repeat(prompt, _options.NumGenerations))], Purpose("train"), _session.Cancel);
        }

        var own = _sampler.Sample(prompts, Purpose("train"), _session.Cancel);
        return [.. own.Zip(SampleReference(prompts, Purpose("reference"))).SelectMany(pair => (Rollout[])[pair.First, pair.Second])];
    }

    private Rollout[] SampleReference(PromptExample[] prompts, string purpose)
    {
        using var off = _models.Reference is null ? _models.Policy.Adapter!.Disable() : null;
        var sampler = new RolloutSampler(_models.Reference ?? _models.Policy, _options.ToSampling(_models.StopIds), _session.Manifest.Seed);
        return sampler.Sample(prompts, purpose, _session.Cancel);
    }

    // The policy's responses with their tables: all of them, but for XPO, where every other one is the reference's.
    private RolloutBatch OwnResponses(RolloutBatch rollouts)
    {
        if (_options.Method == OnlineMethod.OnlineDpo)
        {
            return rollouts;
        }

        int[] rows = [.. Enumerable.Range(0, rollouts.Rollouts.Count / 2).Select(i => 2 * i)];
        var own = new RolloutBatch([.. rows.Select(row => rollouts.Rollouts[row])], _models.Policy.Device);
        using var scope = NewDisposeScope();
        var index = tensor(Array.ConvertAll(rows, row => (long)row)).SentTo(_models.Policy.Device); // [B / 2]
        foreach (var (to, from) in ((Tensor, Tensor)[])[(own.LogProbs, rollouts.LogProbs), (own.ReferenceLogProbs, rollouts.ReferenceLogProbs)])
        {
            to.copy_(from.index_select(0, index).narrow(1, 0, own.Width));
        }

        for (var i = 0; i < rows.Length; i++)
        {
            own.Scores[i] = rollouts.Scores[rows[i]];
        }

        return own;
    }

    private void AddMetrics(RolloutBatch rollouts, RolloutBatch own, ResponsePair[] pairs)
    {
        RolloutMetrics.AddObjective(_means, own, KlEstimator.K1, _options.Beta);
        _means.Add("objective/scores_margin", pairs.Average(pair => (double)rollouts.Scores[pair.Chosen] - rollouts.Scores[pair.Rejected]), pairs.Length);
        _means.Add("frac_reward_zero_std", rollouts.Scores.Chunk(_options.NumGenerations).Average(group => group.All(score => score == group[0]) ? 1.0 : 0.0), pairs.Length);
        if (_options.Method == OnlineMethod.Xpo)
        {
            _means.Add("objective/ref_scores", pairs.Average(pair => (double)rollouts.Scores[pair.Second]), pairs.Length);
        }

        _means.Count("num_tokens", pairs.Sum(pair => rollouts.Rollouts[pair.First].Length + rollouts.Rollouts[pair.Second].Length));
    }

    // 10. the policy as a folder, the final numbers
    private void Finish(RolloutResult result)
    {
        if (_options.Training.MergeAdapter)
        {
            _models.Policy.MergeAdapter();
        }

        var copyTokenizer = new DataSets(_models.Tokenizer, _options.Data).CopyTokenizer;
        ModelFolder.Save(_models.Policy, _session.Folder.Model, _options.Training.ToSaveOptions(copyTokenizer, GenerationConfigFile.From(_options.Model, _models.Policy.Config)));
        var numbers = new JsonObject { ["steps"] = _total, ["model_step"] = result.ModelStep, ["episodes"] = _total * _options.RolloutBatchSize };
        _session.Count("episodes", _total * _options.RolloutBatchSize);
        foreach (var (name, value) in result.Evaluation.Where(pair => double.IsFinite(pair.Value)))
        {
            numbers[name] = value;
            _session.Measure(name, value);
        }

        AtomicFile.WriteText(Path.Combine(_session.Folder.Root, ResultsFile), numbers.ToJsonString(new() { WriteIndented = true }));
        _session.Finish(ResultsFile);
    }
}
