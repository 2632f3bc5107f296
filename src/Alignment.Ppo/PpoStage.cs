using System.Globalization;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Data.Collation;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;
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
    private readonly PpoEvaluation _evaluation;
    private readonly PpoMetrics _metrics = new();
    private readonly KlControl _kl;
    private readonly PpoCheckpoints _checkpoints;
    private readonly long _total;
    private bool _samplerChecked;

    public PpoStage(PpoOptions options, StageSession session, PpoModels models, PpoData data)
    {
        var (seed, padId, training) = (session.Manifest.Seed, models.Tokenizer.PadId, options.Training);
        _options = options;
        _session = session;
        _models = models;
        _data = data;
        var shuffle = Seeds.Derive(seed, "shuffle");
        _prompts = new BatchPlan(data.Train.Count, options.RolloutBatchSize, epoch => DataOrder.Permutation(data.Train.Count, shuffle, epoch));
        _total = options.TotalEpisodes is { } episodes
            ? (episodes + options.RolloutBatchSize - 1) / options.RolloutBatchSize
            : training.MaxSteps ?? _prompts.Steps(training.Epochs);
        _miniBatches = new MiniBatchPlan(options.MiniBatches, training.BatchSize, seed);
        _sampler = new RolloutSampler(models.Policy, options, models.StopIds, seed);
        _scorer = new RolloutScorer(models, options);
        _optimizers = new PpoOptimizers(training, models, _total);
        var mix = options.Pretraining is { } pretraining
            ? new PretrainingMix(pretraining, data.Pretraining, models.Policy, padId, training.BatchSize, seed)
            : null;
        _update = new PpoUpdate(options, models, _optimizers, _miniBatches, mix);
        _evaluation = new PpoEvaluation(options, models, data.Eval, _sampler, _scorer);
        _kl = new KlControl(options);
        _checkpoints = new PpoCheckpoints(options, session, models, _optimizers, _metrics.Means, _kl);
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

    public void Dispose() => _optimizers.Dispose();

    private void Train()
    {
        var resumed = _checkpoints.Resume();
        var start = resumed?.Step ?? 0;
        using var metrics = _session.OpenMetrics(resumed?.Step);
        _session.Log.Information(
            "Training {Start} → {Total} steps of {Rollouts} responses, {Updates} updates each", start, _total, _options.RolloutBatchSize, _options.PpoEpochs * _options.MiniBatches);
        _session.ExpectMemory(_models.Memory(_options, _data.Train.Max(prompt => prompt.Prompt.Length) + _options.MaxNewTokens));
        if (resumed?.EvaluationPending ?? _options.Training.EvalOnStart)
        {
            EvaluateAndSave(start, metrics, alwaysSave: start > 0);
        }

        _session.Console.WithProgress("ppo", start, _total, report =>
        {
            var pace = new Pace(start, _total);
            for (var step = start + 1; step <= _total; step++)
            {
                TrainStep(step, metrics);
                if (step % _options.Training.LogEvery == 0 || step == _total)
                {
                    Log(step, metrics, pace.Describe(step));
                }

                EvaluateAndSave(step, metrics, alwaysSave: step == _total || (_options.Training.SaveEvery > 0 && step % _options.Training.SaveEvery == 0));
                report(step);
            }
        });

        _session.NoteMemory();
        Finish(_checkpoints.TakeBest(_total));
    }

    /// <summary>One step of rollouts with its updates; every tensor made in it dies in it.</summary>
    internal void TrainStep(long step, MetricsLog? metrics = null)
    {
        using var scope = NewDisposeScope();

        // 1. the policy answers the prompts of the step
        var rollouts = new RolloutBatch(Sample(step, metrics), _options.ScorePlacement, _models.Policy.Device);

        // 2. log-probabilities under policy and reference, values, scores
        var lengths = rollouts.Rollouts.Select(rollout => rollout.Length).ToArray();
        _scorer.Score(rollouts, _miniBatches.Of(lengths, step, epoch: 0).SelectMany(micro => micro));
        CheckSampler(rollouts);

        // 3. KL penalty, token rewards, advantages
        var kl = PpoMetrics.AddRollouts(_metrics.Means, rollouts, _options.KlEstimator, _kl.Coefficient);
        _kl.Check(kl, step);
        var advantages = Advantages.Of(rollouts, _options, _kl.Coefficient);
        _metrics.AddValues(rollouts, advantages);

        // 4. epochs of mini-batches of clipped losses
        _update.Run(step, rollouts, advantages, _metrics);

        // 5. the KL coefficient follows
        _kl.Adapt(kl, rollouts.Rollouts.Count);
    }

    private Rollout[] Sample(long step, MetricsLog? metrics)
    {
        PromptExample[] prompts = [.. _prompts.Rows(step).Select(row => _data.Train[row])];
        try
        {
            return _sampler.Sample(prompts, string.Create(CultureInfo.InvariantCulture, $"train/{step}"), _session.Cancel);
        }
        catch (OperationCanceledException) when (_session.Cancel.IsCancellationRequested && metrics is not null)
        {
            _checkpoints.Save(step - 1, metrics);
            throw Cancelled(step - 1);
        }
    }

    private void CheckSampler(RolloutBatch rollouts)
    {
        if (!_samplerChecked)
        {
            SelfTest.CheckSampler(PpoMetrics.SamplingDifference(rollouts), _options.Training.Dtype);
            _samplerChecked = true;
        }
    }

    // 6. a line of metrics
    private void Log(long step, MetricsLog metrics, string pace)
    {
        var means = _metrics.Means.Take();
        metrics.Write(step, [
            new("episode", step * _options.RolloutBatchSize),
            .. means,
            new("lr", _optimizers.LearningRate(step)),
            new("epoch", _prompts.Epoch(step))]);
        double Of(string name) => means.FirstOrDefault(pair => pair.Key == name).Value;
        _session.Log.Information(
            "step {Step} score {Score:0.000} kl {Kl:0.000} value loss {ValueLoss:0.0000} {Pace}", step, Of("objective/scores"), Of("objective/kl"), Of("loss/value_avg"), pace);
    }

    // 7. held-out prompts; 8. a checkpoint
    private void EvaluateAndSave(long step, MetricsLog metrics, bool alwaysSave)
    {
        var isDue = _data.Eval.Count > 0
            && (step == 0 || step == _total || (_options.Training.EvalEvery > 0 && step % _options.Training.EvalEvery == 0));
        var isBest = false;
        if (isDue)
        {
            try
            {
                var evaluation = _evaluation.Run(_session.Cancel);
                metrics.Write(step, [.. evaluation, new("epoch", _prompts.Epoch(step))]);
                _session.Log.Information("step {Step} {Evaluation}", step, string.Join(" ", evaluation.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.0000}"))));
                isBest = _checkpoints.Note(step, evaluation);
            }
            catch (OperationCanceledException) when (_session.Cancel.IsCancellationRequested)
            {
                _checkpoints.Save(step, metrics, evaluationPending: true);
                throw Cancelled(step);
            }
        }

        if (alwaysSave || isBest)
        {
            _checkpoints.Save(step, metrics);
        }
    }

    // 9. the policy and the value model as folders, the final numbers
    private void Finish(long modelStep)
    {
        if (_options.Training.MergeAdapter)
        {
            _models.Policy.MergeAdapter();
            _models.Value.MergeAdapter();
        }

        var saving = _options.Training.ToSaveOptions(new DataSets(_models.Tokenizer, _options.Data).CopyTokenizer, GenerationConfigFile.From(_options.Model, _models.Policy.Config));
        ModelFolder.Save(_models.Policy, _session.Folder.Model, saving);
        ModelFolder.Save(_models.Value, Path.Combine(_session.Folder.Root, ValueFolder), saving);

        var numbers = new JsonObject { ["steps"] = _total, ["model_step"] = modelStep, ["episodes"] = _total * _options.RolloutBatchSize, ["kl_coef"] = _kl.Coefficient };
        _session.Count("episodes", _total * _options.RolloutBatchSize);
        _session.Measure("kl_coef", _kl.Coefficient);
        foreach (var (name, value) in _checkpoints.Evaluation.Where(pair => double.IsFinite(pair.Value)))
        {
            numbers[name] = value;
            _session.Measure(name, value);
        }

        AtomicFile.WriteText(Path.Combine(_session.Folder.Root, "results.json"), numbers.ToJsonString(new() { WriteIndented = true }));
        _session.Finish(Results);
    }

    private static OperationCanceledException Cancelled(long step) =>
        new($"stopped after step {step}; {(step > 0 ? "a checkpoint is written, " : "")}run the same command to go on");
}
