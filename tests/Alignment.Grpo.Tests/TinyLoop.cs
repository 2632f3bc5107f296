using Alignment.Data.Loading;
using Alignment.Data.Rewards;
using Alignment.Data.Rows;
using Alignment.Rollouts;
using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Runs;
using Alignment.Training.Schedules;
using static TorchSharp.torch;

namespace Alignment.Grpo.Tests;

/// <summary>The loop on a tiny run, step by step and part by part.</summary>
internal sealed class TinyLoop : IDisposable
{
    private readonly StageSession _session;
    private readonly PromptSets _data;
    private readonly GrpoStage _stage;

    public TinyLoop(TinyRun run, GrpoOptions options)
    {
        RunOptions = options;
        _session = StageSession.Begin(RunFolder.Open(run.At("loop")), StageManifest.Begin("grpo", "grpo", [], 1, []), StageConsole.Quiet());
        Models = RolloutModels.Load(options, options.Training, seed: 1, withReference: options.Beta > 0);
        _data = PromptSets.Load(options, Models.Tokenizer, Models.Context, _session);
        _stage = new GrpoStage(options, _session, Models, _data);
    }

    public GrpoOptions RunOptions { get; }

    public RolloutModels Models { get; }

    public IReadOnlyList<PromptExample> Prompts => _data.Train;

    public static GrpoOptions Options(TinyRun run) => new()
    {
        Model = run.At("policy"),
        Rewards = [new RewardSpec { Kind = RewardKind.Regex, Pattern = "[aeiou]" }],
        Train = [run.At("prompts.jsonl")],
        Data = new DataOptions { Template = "chatml", MaxLength = 64 },
        NumGenerations = 4,
        RolloutBatchSize = 8,
        MaxNewTokens = 4,
        Training = new GrpoTrainingOptions { MaxSteps = 1000, BatchSize = 8, LearningRate = 0.003 },
    };

    /// <summary>Steps of the stage itself.</summary>
    public void Step(long first, int count)
    {
        for (var step = first; step < first + count; step++)
        {
            _stage.TrainStep(step);
        }
    }

    /// <summary>The groups of a step, sampled and scored.</summary>
    public SampledGroups Groups(long step)
    {
        var sampler = new RolloutSampler(Models.Policy, RunOptions.ToSampling(Models.StopIds), 1);
        return new GroupSampling(RunOptions, new PromptSets(Prompts, []), sampler, new RolloutScorer(Models, RunOptions), CPU, 1).Sample(step, default);
    }

    /// <summary>Responses given by hand, G to a prompt, with scores; log-probs filled in.</summary>
    public RolloutBatch Batch(float[] scores, params int[][] responses)
    {
        var rollouts = responses.Select((response, row) =>
            new Rollout(Prompts[row / RunOptions.NumGenerations], response, new float[response.Length], Models.StopIds.Contains(response[^1])));
        var batch = new RolloutBatch([.. rollouts], CPU);
        scores.CopyTo(batch.Scores, 0);
        new RolloutScorer(Models, RunOptions).LogProbs(batch, [[.. Enumerable.Range(0, responses.Length)]]);
        return batch;
    }

    /// <summary>The loss of one update on a batch and the policy's gradient, before anything is updated.</summary>
    public (double Loss, float[] Gradient) Gradient(RolloutBatch batch)
    {
        using var scope = NewDisposeScope();
        var parameters = OptimizerFactory.Trained(Models.Policy.parameters());
        using var optimizer = OptimizerFactory.AdamW(parameters, 0, 0.9, 0.999, 1e-8);
        var step = new GradientStep(optimizer, parameters, 1e-30, new LearningRateSchedule(LearningRateShape.Constant, 10, 0, 0), 0, new PendingReads(holdsAll: true)); // read at the update's end, as a device's numbers are
        var metrics = new GrpoMetrics(RunOptions);
        var plan = new MiniBatchPlan(1, RunOptions.Training.BatchSize, 1, RunOptions.NumGenerations);
        var advantages = new GrpoAdvantages(RunOptions, new RunningBaseline(0.9)).Of(batch);
        float[] gradient = [];
        new GrpoUpdate(RunOptions, Models, step, plan).Run(1, batch, advantages, metrics, () =>
            gradient = [.. parameters.SelectMany(parameter => parameter.grad!.data<float>().ToArray())]);
        return (metrics.Means.Take().Single(pair => pair.Key == "loss").Value, gradient);
    }

    public void Dispose()
    {
        _stage.Dispose();
        Models.Dispose();
        _session.Dispose();
    }
}
