using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Memory;
using Alignment.Data.Loading;
using Alignment.Rollouts;
using Alignment.Rollouts.Averaging;
using Alignment.Training.Optimization;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Alignment.Training.Schedules;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>
/// Policy optimisation without a value model: sample groups, score, compare, update. The numbers are those of docs/algorithms/grpo.md. A run
/// that is killed and resumed gives the same weights and metrics as one that is not (on the CPU).
/// </summary>
internal sealed class GrpoStage : IDisposable
{
    /// <summary>Result files besides the policy's folder.</summary>
    private static readonly string[] Results = ["results.json"];

    private readonly GrpoOptions _options;
    private readonly StageSession _session;
    private readonly RolloutModels _models;
    private readonly PromptSets _data;
    private readonly GroupSampling _groups;
    private readonly MiniBatchPlan _miniBatches;
    private readonly RolloutScorer _scorer;
    private readonly RolloutEvaluation _evaluation;
    private readonly RunningBaseline _baseline;
    private readonly GrpoAdvantages _advantages;
    private readonly AdamW _optimizer;
    private readonly GradientStep _gradient;
    private readonly GrpoUpdate _update;
    private readonly GrpoMetrics _metrics;
    private readonly PolicyAverage? _average;
    private readonly long _total;
    private bool _samplerChecked;

    public GrpoStage(GrpoOptions options, StageSession session, RolloutModels models, PromptSets data)
    {
        var (seed, training) = (session.Manifest.Seed, options.Training);
        _options = options;
        _session = session;
        _models = models;
        _data = data;
        var sampler = new RolloutSampler(models.Policy, options.ToSampling(models.StopIds), seed);
        _scorer = new RolloutScorer(models, options);
        _groups = new GroupSampling(options, data, sampler, _scorer, models.Policy.Device, seed);
        _total = options.TotalSteps(training, _groups.Plan);
        _miniBatches = new MiniBatchPlan(options.MiniBatches, training.BatchSize, seed, options.NumGenerations);
        _evaluation = new RolloutEvaluation(
            data.Eval, options.RolloutBatchSize, training.EvalBatchSize ?? training.BatchSize, sampler, _scorer, models.Policy.Device, models.HasReference);
        _baseline = new RunningBaseline(options.BaselineDecay);
        _advantages = new GrpoAdvantages(options, _baseline);
        _metrics = new GrpoMetrics(options);
        _average = options.Averaging is { } averaging ? new PolicyAverage(averaging, models) : null;

        var parameters = OptimizerFactory.Trained(models.Policy.parameters());
        var schedule = new LearningRateSchedule(
            training.LrSchedule, _total, LearningRateSchedule.Warmup(_total, training.WarmupSteps, training.WarmupRatio), training.LrMinRatio);
        _optimizer = OptimizerFactory.AdamW(parameters, training.WeightDecay, training.AdamBeta1, training.AdamBeta2, training.AdamEpsilon);
        _gradient = new GradientStep(_optimizer, parameters, training.LearningRate, schedule, training.MaxGradNorm, _metrics.Means.Reads);
        _update = new GrpoUpdate(options, models, _gradient, _miniBatches);
    }

    public static int Run(StageInvocation<GrpoOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: Results);
        if (session.IsDone)
        {
            return 0;
        }

        var options = invocation.Options;
        if (options.Reference is { } reference)
        {
            ModelLineage.CheckReference(options.Model, reference, session.Log);
        }

        using var models = RolloutModels.Load(options, options.Training, invocation.Seed, withReference: options.Beta > 0);
        var data = PromptSets.Load(options, models.Tokenizer, models.Context, session);
        using var stage = new GrpoStage(options, session, models, data);
        stage.Train();
        return 0;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _average?.Dispose();
    }

    private void Train()
    {
        var task = new RolloutTask
        {
            Name = StageKinds.Grpo,
            Training = _options.Training,
            Total = _total,
            Epoch = _groups.Plan.Epoch,
            Step = TrainStep,
            Means = _metrics.Means,
            Before = step => [new("episode", step * _options.RolloutBatchSize)],
            After = step => [new("learning_rate", _gradient.LearningRate(step))],
            Told = [("reward", "reward"), ("reward_std", "±"), ("entropy", "entropy"), ("completions/mean_length", "length")],
            Evaluate = _data.Eval.Count > 0 ? Evaluate : null,
            Weights = [CheckpointParts.Module("model.safetensors", _models.Policy)],
            Average = _average,
            State = [CheckpointParts.Optimizer("optimizer.bin", _optimizer), _baseline.Part],
            Memory = MemoryEstimate.Together([.. _models.Memory(_options, _options.Training, _data.LengthsWith(_options.MaxNewTokens))]),
        };

        // 6. lines of metrics; 7. held-out prompts; 8. checkpoints
        Finish(new RolloutLoop(task, _session).Run());
    }

    /// <summary>One step of rollouts with its updates; every tensor made in it dies in it.</summary>
    internal void TrainStep(long step)
    {
        using var scope = NewDisposeScope();

        // 1. groups of responses with their scores
        var groups = _groups.Sample(step, _session.Cancel);
        _data.AddShares(_metrics.Means, _groups.Plan.Rows(step));
        _metrics.AddGroups(groups);
        if (groups.Kept.Length == 0)
        {
            return; // every group's scores are equal: there is nothing to learn from
        }

        // 2. log-probabilities under policy and reference, where the loss or the reward needs them
        var rollouts = Kept(groups);
        if (_update.UsesOldLogProbs)
        {
            var lengths = rollouts.Rollouts.Select(rollout => rollout.Length).ToArray();
            _scorer.LogProbs(rollouts, [.. _miniBatches.Of(lengths, step, epoch: 0).SelectMany(micro => micro)]);
            CheckSampler(rollouts);
        }

        // 3. the distance from the reference
        if (_models.HasReference)
        {
            KlCeiling.Check(GrpoMetrics.AddKl(_metrics.Means, rollouts), _options.KlCeiling, step, "Raise beta, lower learning_rate, or raise kl_ceiling");
            if (step == 1 && _models.IsOwnReference)
            {
                SelfTest.CheckReference(rollouts, _options.Training.Dtype);
            }
        }

        // 4. advantages
        var advantages = _advantages.Of(rollouts);
        _metrics.AddAdvantages(rollouts, advantages);

        // 5. passes over mini-batches
        var updates = _update.Run(step, rollouts, advantages, _metrics, () => CheckSampler(rollouts));
        if (updates > 0 || _update.UsesOldLogProbs)
        {
            _metrics.Means.Add("sampling/sampling_logp_difference/mean", RolloutMetrics.SamplingDifference(rollouts), rollouts.Lengths.Sum());
        }
    }

    private RolloutBatch Kept(SampledGroups groups)
    {
        var rollouts = new RolloutBatch([.. groups.Kept.Select(row => groups.Rollouts[row])], _models.Policy.Device) { Rewards = groups.Rewards.Of(groups.Kept) };
        Array.ConvertAll(groups.Kept, row => groups.Scores[row]).CopyTo(rollouts.Scores, 0);
        return rollouts;
    }

    private void CheckSampler(RolloutBatch rollouts)
    {
        // Without log-probs of their own the responses have those of the first pass only: all of them where there is one update.
        if (!_samplerChecked)
        {
            SelfTest.CheckSampler(RolloutMetrics.SamplingDifference(rollouts), _options.Training.Dtype);
            _samplerChecked = true;
        }
    }

    private Dictionary<string, double> Evaluate(CancellationToken cancel) => _evaluation.Run(
        (means, rollouts) =>
        {
            GrpoMetrics.AddResponses(means, rollouts.Rollouts, rollouts.Rewards!, rollouts.Scores);
            if (_models.HasReference)
            {
                GrpoMetrics.AddKl(means, rollouts);
            }
        },
        name => name is "reward" or "kl" or "objective/kl" or "completions/mean_length" or "completions/clipped_ratio" || name.StartsWith("rewards/", StringComparison.Ordinal),
        cancel);

    // 9. the policy as a folder, the final numbers
    private void Finish(RolloutResult result)
    {
        if (_options.Training.MergeAdapter)
        {
            _models.Policy.MergeAdapter();
        }

        var saving = _options.Training.ToSaveOptions(new DataSets(_models.Tokenizer, _options.Data).CopyTokenizer, GenerationConfigFile.From(_options.Model, _models.Policy.Config));
        ModelFolder.Save(_models.Policy, _session.Folder.Model, saving);

        var numbers = new JsonObject { ["steps"] = _total, ["model_step"] = result.ModelStep, ["episodes"] = _total * _options.RolloutBatchSize };
        _session.Count("episodes", _total * _options.RolloutBatchSize);
        foreach (var (name, value) in result.Evaluation.Where(pair => double.IsFinite(pair.Value)))
        {
            numbers[name] = value;
            _session.Measure(name, value);
        }

        AtomicFile.WriteText(Path.Combine(_session.Folder.Root, "results.json"), numbers.ToJsonString(new() { WriteIndented = true }));
        _session.Finish(Results);
    }
}
