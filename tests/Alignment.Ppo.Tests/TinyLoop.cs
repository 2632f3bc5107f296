using Alignment.Data.Loading;
using Alignment.Data.Rewards;
using Alignment.Data.Rows;
using Alignment.Rollouts;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Ppo.Tests;

/// <summary>The loop on a tiny run, step by step and part by part.</summary>
internal sealed class TinyLoop : IDisposable
{
    private readonly StageSession _session;
    private readonly PpoData _data;
    private readonly PpoStage _stage;

    public TinyLoop(TinyRun run, PpoOptions options)
    {
        RunOptions = options;
        var manifest = StageManifest.Begin("ppo", "ppo", [], 1, []);
        _session = StageSession.Begin(RunFolder.Open(run.At("loop")), manifest, StageConsole.Quiet());
        Models = PpoModels.Load(options, seed: 1);
        _data = PpoData.Load(options, Models, _session);
        _stage = new PpoStage(options, _session, Models, _data);
    }

    public PpoOptions RunOptions { get; }

    public PpoModels Models { get; }

    public IReadOnlyList<PromptExample> Prompts => _data.Train;

    /// <summary>Options with a reward model and small batches.</summary>
    public static PpoOptions Options(TinyRun run) => new()
    {
        Model = run.At("policy"),
        RewardModel = [run.At("rm")],
        Train = [run.At("prompts.jsonl")],
        Data = new DataOptions { Template = "chatml", MaxLength = 64 },
        RolloutBatchSize = 6,
        MaxNewTokens = 4,
        MiniBatches = 2,
        Training = new PpoTrainingOptions { MaxSteps = 1000, BatchSize = 2, LearningRate = 0.003 },
    };

    /// <summary>Options with a reward by function.</summary>
    public static PpoOptions ByFunction(TinyRun run) => Options(run) with
    {
        RewardModel = [],
        Rewards = [new RewardSpec { Kind = RewardKind.Regex, Pattern = "[aeiou]" }],
    };

    /// <summary>Steps of the stage itself.</summary>
    public void Step(long first, int count)
    {
        for (var step = first; step < first + count; step++)
        {
            _stage.TrainStep(step);
        }
    }

    /// <summary>Responses given by hand, with their sampler's log-probs left at 0.</summary>
    public RolloutBatch Batch(params (int Prompt, int[] Response)[] responses) => new(
        [.. responses.Select(row => new Rollout(Prompts[row.Prompt], row.Response, new float[row.Response.Length], row.Response[^1] == Models.Tokenizer.EosId))],
        CPU,
        RunOptions.ScorePlacement);

    /// <summary>Scores a batch in micro-batches of given rows.</summary>
    public void Score(RolloutBatch batch, params int[][] microBatches) => new RolloutScorer(Models.Shared, RunOptions).Score(
        batch, microBatches, more: rows => RolloutBatch.Put(batch.Values, rows.ValueCells, rows.Values(Models.Value)));

    /// <summary>One step's updates on a scored batch.</summary>
    public void Update(RolloutBatch batch)
    {
        using var optimizers = new PpoOptimizers(RunOptions.Training, Models, 10);
        var plan = new MiniBatchPlan(RunOptions.MiniBatches, RunOptions.Training.BatchSize, seed: 1);
        var metrics = new PpoMetrics();
        new PpoUpdate(RunOptions, Models, optimizers, plan, null).Run(1, batch, Advantages.Of(batch, RunOptions, RunOptions.KlCoef), metrics);
    }

    /// <summary>Adds a number to a weight of the policy.</summary>
    public void Nudge(double by)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Models.Policy.OutputWeight.select(0, 70).add_((Scalar)by);
    }

    /// <summary>The policy's weights.</summary>
    public float[] Weights()
    {
        using var scope = NewDisposeScope();
        return [.. Models.Policy.parameters().SelectMany(parameter => parameter.detach().data<float>().ToArray())];
    }

    public void Dispose()
    {
        _stage.Dispose();
        Models.Dispose();
        _session.Dispose();
    }
}
