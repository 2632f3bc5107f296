using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Runs;
using Alignment.Training.Tests.Metrics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Loops;

/// <summary>A regression on 24 rows through <see cref="TrainingLoop"/>, in a folder that later runs resume from.</summary>
internal sealed class ToyRun(string folder)
{
    private const int Rows = 24;

    public static TrainingOptions Options { get; } = new()
    {
        MaxSteps = 20,
        BatchSize = 2,
        GradientAccumulationSteps = 2,
        LearningRate = 0.01,
        WarmupSteps = 3,
        WeightDecay = 0.1,
        EvalEvery = 4,
        SaveEvery = 3,
        LogEvery = 5, // out of step with the checkpoints, so that means under way have to be saved
    };

    public CollectedLog Log { get; } = new();

    public ToyModel Model { get; } = new(seed: 1);

    public bool Dropout { get; init; } = true;

    /// <summary>Called with each micro-batch's rows before its loss.</summary>
    public Action<int[]> OnLoss { get; init; } = static _ => { };

    /// <summary>Changes the loss of a micro-batch, given its rows; the sum over them as it is when null.</summary>
    public Func<Tensor, int[], Tensor>? Spoil { get; init; }

    public bool RowsAreIndependent { get; init; }

    /// <summary>Called at each evaluation.</summary>
    public Action<CancellationToken> OnEvaluate { get; init; } = static _ => { };

    /// <summary>Gives <c>eval_score</c> at the n-th evaluation of the process, counted from 0.</summary>
    public Func<int, double> Score { get; init; } = static _ => 0;

    public Func<int, double> Weight { get; init; } = static _ => 1;

    public IReadOnlyList<CheckpointPart> Parts { get; init; } = [];

    public TrainingResult Run(TrainingOptions? options = null, CancellationToken cancel = default)
    {
        var manifest = StageManifest.Begin("sft", "toy", [], 1, []);
        using var session = StageSession.Begin(RunFolder.Open(folder), manifest, StageConsole.Quiet(Log.Logger), cancel);
        var evaluations = 0;
        var task = new TrainingTask
        {
            Model = Model,
            Dropout = Dropout,
            RowCount = Rows,
            Order = epoch => [.. Enumerable.Range(0, Rows).OrderBy(row => ((row * 7919) + (epoch * 104729)) % 31)],
            Weight = Weight,
            RowId = row => $"toy.jsonl:{row + 1}",
            Parts = Parts,
            Loss = (rows, metrics) =>
            {
                OnLoss(rows);
                metrics.Count("num_tokens", rows.Length);
                return Spoil?.Invoke(SumOfLosses(rows), rows) ?? SumOfLosses(rows);
            },
            RowsAreIndependent = RowsAreIndependent,
            Evaluate = token =>
            {
                OnEvaluate(token);
                var score = Score(evaluations++);
                return [new("loss", SumOfLosses([.. Enumerable.Range(0, Rows)]).ToDouble() / Rows), new("score", score)];
            },
        };
        return new TrainingLoop(options ?? Options, task, session).Run();
    }

    /// <summary>The metrics without their times.</summary>
    public string Metrics() => string.Join("\n", MetricsFile.Read(Path.Combine(folder, "metrics.jsonl"))
        .Select(line => $"{line.Step} {string.Join(" ", line.Values.Select(pair => $"{pair.Key}={pair.Value:R}"))}"));

    private Tensor SumOfLosses(int[] rows)
    {
        using var scope = NewDisposeScope();
        var input = tensor(rows.SelectMany(row => Enumerable.Range(0, ToyModel.Features).Select(i => MathF.Sin((row + 1) * (i + 1)))).ToArray())
            .view(rows.Length, ToyModel.Features);                             // [B, F]
        var target = tensor(rows.Select(row => MathF.Cos(row)).ToArray());        // [B]
        var weight = tensor(rows.Select(row => (float)Weight(row)).ToArray());    // [B]
        return ((Model.forward(input) - target).pow(2) * weight).sum().MoveToOuterDisposeScope();
    }
}
