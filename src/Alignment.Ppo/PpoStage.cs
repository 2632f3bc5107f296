using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Objectives;
using Alignment.Rollouts;
using Alignment.Rollouts.Averaging;
using Alignment.Rollouts.Rewards;
using Alignment.Training.Loops;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>
/// Proximal policy optimisation from a reward: sample, score, shape, update. The numbers are those of docs/algorithms/ppo.md. A run that is
/// killed and resumed gives the same weights and metrics as one that is not (on the CPU).
/// </summary>
internal sealed class PpoStage : IDisposable
{
    /// <summary>Result files besides the policy's folder.</summary>
    private static readonly string[] Results = ["results.json", ValueFolder];

    private const string ValueFolder = "value_model";

    private static readonly HashSet<string> Evaluated =
        ["objective/scores", "objective/kl", "objective/entropy", "val/missing_eos_ratio", "completions/mean_length"];

    private readonly PpoOptions _options;
    private readonly StageSession _session;
    private readonly PpoModels _models;
    private readonly PpoData _data;
    private readonly BatchPlan _prompts;
    private readonly MiniBatchPlan _miniBatches;
    private readonly RolloutSampler _sampler;
    private readonly RolloutScorer _scorer;
    private readonly PpoOptimizers _optimizers;
    private readonly PpoUpdate _update;
    private readonly RolloutEvaluation _evaluation;
    private readonly PpoMetrics _metrics = new();
    private readonly KlControl _kl;
    private readonly RunningScores _scores;
    private readonly PolicyAverage? _average;
    private readonly long _total;
    private bool _samplerChecked;

    public PpoStage(PpoOptions options, StageSession session, PpoModels models, PpoData data)
    {
        var (seed, padId, training) = (session.Manifest.Seed, models.Tokenizer.PadId, options.Training);
        _options = options;
        _session = session;
        _models = models;
        _data = data;
        _prompts = data.Prompts.Plan(options.RolloutBatchSize, Seeds.Derive(seed, "shuffle"));
        _total = options.TotalSteps(training, _prompts);
        _miniBatches = new MiniBatchPlan(options.MiniBatches, training.BatchSize, seed);
        _sampler = new RolloutSampler(models.Policy, options.ToSampling(models.Shared.StopIds), seed);
        _scorer = new RolloutScorer(models.Shared, options, fullKl: options.KlEstimator == KlEstimator.Full);
        _optimizers = new PpoOptimizers(training, models, _total);
        var mix = options.Pretraining is { } pretraining
            ? new PretrainingMix(pretraining, data.Pretraining, models.Policy, padId, training.BatchSize, seed)
            : null;
        _update = new PpoUpdate(options, models, _optimizers, _miniBatches, mix);
        _evaluation = new RolloutEvaluation(data.Eval, options.RolloutBatchSize, training.EvalBatchSize ?? training.BatchSize, _sampler, _scorer, models.Policy.Device);
        _kl = new KlControl(options);
        _average = options.Averaging is { } averaging ? new PolicyAverage(averaging, models.Shared) : null;
        _scores = new RunningScores(options.ScoreScaling);
    }

    public static int Run(StageInvocation<PpoOptions> invocation)
    {
        using var session = StageSession.Begin(invocation, otherResults: Results);
        if (session.IsDone)
        {
            return 0;
        }

        if (invocation.Options.Reference is { } reference)
        {
            ModelLineage.CheckReference(invocation.Options.Model, reference, session.Log);
        }

        using var models = PpoModels.Load(invocation.Options, invocation.Seed);
        var data = PpoData.Load(invocation.Options, models, session);
        using var stage = new PpoStage(invocation.Options, session, models, data);
        stage.Train();
        return 0;
    }

    public void Dispose()
    {
        _optimizers.Dispose();
        _average?.Dispose();
    }

    private void Train()
    {
        var task = new RolloutTask
        {
            Name = StageKinds.Ppo,
            Training = _options.Training,
            Total = _total,
            Epoch = _prompts.Epoch,
            Step = TrainStep,
            Means = _metrics.Means,
            Before = step => [new("episode", step * _options.RolloutBatchSize)],
            After = step => [new("lr", _optimizers.Policy.LearningRate(step))],
            Told = [("objective/scores", "score"), ("objective/kl", "kl"), ("loss/value_avg", "value loss")],
            Evaluate = _data.Eval.Count > 0 ? Evaluate : null,
            Weights = [CheckpointParts.Module("model.safetensors", _models.Policy), CheckpointParts.Module("value_model.safetensors", _models.Value)],
            Average = _average,
            State = [.. _optimizers.Parts, _kl.Part, _scores.Part],
            Memory = _models.Memory(_options, _data.Prompts.LengthsWith(_options.MaxNewTokens)),
        };

        // 6. lines of metrics; 7. held-out prompts; 8. checkpoints
        Finish(new RolloutLoop(task, _session).Run());
    }

    /// <summary>One step of rollouts with its updates; every tensor made in it dies in it.</summary>
    internal void TrainStep(long step)
    {
        using var scope = NewDisposeScope();

        // 1. the policy answers the prompts of the step
        var rows = _prompts.Rows(step);
        PromptExample[] prompts = [.. rows.Select(row => _data.Train[row])];
        var sampled = _sampler.Sample(prompts, string.Create(CultureInfo.InvariantCulture, $"train/{step}"), _session.Cancel);
        var rollouts = new RolloutBatch(sampled, _models.Policy.Device, _options.ScorePlacement);

        // 2. log-probabilities under policy and reference, values, scores
        var lengths = rollouts.Rollouts.Select(rollout => rollout.Length).ToArray();
        _scorer.Score(rollouts, _miniBatches.Of(lengths, step, epoch: 0).SelectMany(micro => micro), _session.Cancel, batch => AddValues(rollouts, batch));
        _data.Prompts.AddShares(_metrics.Means, rows); // only now: a step that is cancelled before leaves no trace in the metrics
        CheckSampler(rollouts);
        if (step == 1 && _models.Shared.IsOwnReference)
        {
            SelfTest.CheckReference(rollouts, _options.Training.Dtype);
        }

        if (_options.ScoreScaling != ScoreScaling.None)
        {
            var scale = _scores.Next([.. Enumerable.Range(0, rollouts.Scores.Length).Select(row => (float)rollouts.Rewards!.Sum(row))]);
            RewardShaping.Apply(_options, rollouts.Rewards!, rollouts.Rollouts, scale).CopyTo(rollouts.Scores, 0);
        }

        // 3. KL penalty, token rewards, advantages
        var kl = RolloutMetrics.AddObjective(_metrics.Means, rollouts, _options.KlEstimator, _kl.Coefficient);
        KlCeiling.Check(kl, _options.KlCeiling, step, "Raise kl_coef, give adaptive_kl, lower learning_rate, or raise kl_ceiling");
        var advantages = Advantages.Of(rollouts, _options, _kl.Coefficient);
        _metrics.AddValues(rollouts, advantages);

        // 4. epochs of mini-batches of clipped losses
        _update.Run(step, rollouts, advantages, _metrics);

        // 5. the KL coefficient follows
        _kl.Adapt(kl, rollouts.Rollouts.Count);
    }

    private void AddValues(RolloutBatch rollouts, ResponseBatch batch) => RolloutBatch.Put(rollouts.Values, batch.ValueCells, batch.Values(_models.Value));

    private void CheckSampler(RolloutBatch rollouts)
    {
        if (!_samplerChecked)
        {
            SelfTest.CheckSampler(RolloutMetrics.SamplingDifference(rollouts), _options.Training.Dtype);
            _samplerChecked = true;
        }
    }

    private Dictionary<string, double> Evaluate(CancellationToken cancel) =>
        _evaluation.Run((means, rollouts) => RolloutMetrics.AddObjective(means, rollouts, _options.KlEstimator, klCoefficient: null), Evaluated.Contains, cancel);

    // 9. the policy and the value model as folders, the final numbers
    private void Finish(RolloutResult result)
    {
        if (_options.Training.MergeAdapter)
        {
            _models.Policy.MergeAdapter();
            _models.Value.MergeAdapter();
        }

        var saving = _options.Training.ToSaveOptions(new DataSets(_models.Tokenizer, _options.Data).CopyTokenizer, GenerationConfigFile.From(_options.Model, _models.Policy.Config));
        ModelFolder.Save(_models.Policy, _session.Folder.Model, saving);
        ModelFolder.Save(_models.Value, Path.Combine(_session.Folder.Root, ValueFolder), saving);

        var numbers = new JsonObject { ["steps"] = _total, ["model_step"] = result.ModelStep, ["episodes"] = _total * _options.RolloutBatchSize, ["kl_coef"] = _kl.Coefficient };
        _session.Count("episodes", _total * _options.RolloutBatchSize);
        _session.Measure("kl_coef", _kl.Coefficient);
        foreach (var (name, value) in result.Evaluation.Where(pair => double.IsFinite(pair.Value)))
        {
            numbers[name] = value;
            _session.Measure(name, value);
        }

        AtomicFile.WriteText(Path.Combine(_session.Folder.Root, "results.json"), numbers.ToJsonString(new() { WriteIndented = true }));
        _session.Finish(Results);
    }
}
