using Alignment.Training.Loops;
using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Loops;

public sealed class TrainingLoopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_EightTimesOneRow_TrainsLikeOnceEightRows()
    {
        // Rows count differently, so a mean of micro-batch means would differ.
        ToyRun Toy(string name) => new(_folder[name]) { Dropout = false, Weight = row => 1 + (row % 5) };
        var one = Toy("one");
        var eight = Toy("eight");
        one.Run(ToyRun.Options with { BatchSize = 8, GradientAccumulationSteps = 1 });
        eight.Run(ToyRun.Options with { BatchSize = 1, GradientAccumulationSteps = 8 });

        using var scope = NewDisposeScope();
        foreach (var (a, b) in one.Model.parameters().Zip(eight.Model.parameters()))
        {
            (a - b).abs().max().ToDouble().ShouldBeLessThan(2e-5); // 20 Adam steps of 0.01 on sums in another order
        }
    }

    [Fact]
    public void Run_SixtySteps_LossFalls()
    {
        var result = new ToyRun(_folder["a"]).Run(ToyRun.Options with { EvalOnStart = true, MaxSteps = 60 });

        var first = MetricsFile.Read(_folder["a", "metrics.jsonl"])[0];
        first.Step.ShouldBe(0);
        first.Values[0].Key.ShouldBe("eval_loss");
        result.Evaluation["eval_loss"].ShouldBeLessThan(first.Values[0].Value * 0.5);
        result.Steps.ShouldBe(60);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(39)]
    public void Run_KilledAndResumed_GivesTheSameBytesAsNeverKilled(int microBatchesBeforeTheKill)
    {
        var straight = new ToyRun(_folder["straight"]);
        straight.Run();
        Kill(microBatchesBeforeTheKill);

        var resumed = new ToyRun(_folder["killed"]);
        resumed.Run();

        resumed.Model.Bytes().ShouldBe(straight.Model.Bytes());
        resumed.Metrics().ShouldBe(straight.Metrics());
    }

    [Fact]
    public void Run_DropoutOnOrOff_GivesOtherWeights()
    {
        // Without this, dropout could be off everywhere and the tests of resuming would not see it.
        var with = new ToyRun(_folder["with"]);
        var without = new ToyRun(_folder["without"]) { Dropout = false };
        with.Run();
        without.Run();

        with.Model.Bytes().ShouldNotBe(without.Model.Bytes());
    }

    [Fact]
    public void Run_CancelledBetweenCheckpoints_WritesOneAndGoesOnWithTheSameBytes()
    {
        var straight = new ToyRun(_folder["straight"]);
        straight.Run();
        using var source = new CancellationTokenSource();
        var left = 9;
        var cancelled = new ToyRun(_folder["cancelled"]) { OnLoss = _ => When(left-- == 0, source.Cancel) };
        var error = Should.Throw<OperationCanceledException>(() => cancelled.Run(cancel: source.Token));
        error.Message.ShouldContain("step 5"); // the tenth micro-batch is the second of step 5
        Directory.Exists(_folder["cancelled", "checkpoints", "step-00000005"]).ShouldBeTrue();

        var resumed = new ToyRun(_folder["cancelled"]);
        resumed.Run();

        resumed.Model.Bytes().ShouldBe(straight.Model.Bytes());
        resumed.Metrics().ShouldBe(straight.Metrics());
    }

    [Fact]
    public void Run_CancelledInAnEvaluation_MakesItFirstWhenResumed()
    {
        var straight = new ToyRun(_folder["straight"]);
        straight.Run();
        using var source = new CancellationTokenSource();
        var left = 1;
        var cancelled = new ToyRun(_folder["cancelled"])
        {
            OnEvaluate = token =>
            {
                When(left-- == 0, source.Cancel);
                token.ThrowIfCancellationRequested();
            },
        };
        Should.Throw<OperationCanceledException>(() => cancelled.Run(cancel: source.Token)).Message.ShouldContain("step 8");

        var resumed = new ToyRun(_folder["cancelled"]);
        resumed.Run();

        resumed.Model.Bytes().ShouldBe(straight.Model.Bytes());
        resumed.Metrics().ShouldBe(straight.Metrics());
    }

    [Fact]
    public void Run_NewestCheckpointDamaged_ResumesFromTheOneBefore()
    {
        var straight = new ToyRun(_folder["straight"]);
        straight.Run();
        Kill(30);
        var weights = _folder["killed", "checkpoints", "step-00000015", "model.safetensors"];
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^1]);

        var resumed = new ToyRun(_folder["killed"]);
        resumed.Run();

        resumed.Log.Text.ShouldContain("step-00000015");
        resumed.Model.Bytes().ShouldBe(straight.Model.Bytes());
        resumed.Metrics().ShouldBe(straight.Metrics());
    }

    [Fact]
    public void Run_StagesOwnGenerator_IsResumedToo()
    {
        byte[] Train(string name, int killAt)
        {
            using var generator = new Generator(5);
            var left = killAt;
            var toy = new ToyRun(_folder[name])
            {
                Parts = [CheckpointParts.Generator("noise.rng", generator)],
                OnLoss = rows =>
                {
                    When(left-- == 0, () => throw new InvalidOperationException("killed"));
                    rand([2], generator: generator).Dispose();
                },
            };
            try
            {
                toy.Run();
            }
            catch (InvalidOperationException error) when (error.Message == "killed")
            {
                return Train(name, -1);
            }

            using var next = rand([8], generator: generator);
            return next.bytes.ToArray();
        }

        Train("killed", 11).ShouldBe(Train("straight", -1));
    }

    [Fact]
    public void Run_KeepBest_KeepsItsCheckpointAndLoadsItsWeights()
    {
        double[] scores = [0.5, 0.9, 0.4, 0.3, 0.2]; // evaluations after steps 4, 8, 12, 16, 20
        var options = ToyRun.Options with { KeepBest = "eval_score", KeepBestMode = BestMode.Max, LoadBest = true, SaveEvery = 0, KeepLast = 1 };
        var toy = new ToyRun(_folder["a"]) { Score = n => scores[n] };
        var result = toy.Run(options);

        result.Best.ShouldBe(new BestCheckpoint(8, 0.9));
        result.ModelStep.ShouldBe(8);
        Directory.GetDirectories(_folder["a", "checkpoints"]).Select(path => Path.GetFileName(path)).Order().ShouldBe(["step-00000008", "step-00000020"]);
        var copy = new ToyModel(seed: 2);
        CheckpointParts.Module("model.safetensors", copy).Load(_folder["a", "checkpoints", "step-00000008", "model.safetensors"]);
        toy.Model.Bytes().ShouldBe(copy.Bytes());
    }

    [Fact]
    public void Run_KeepBestNamesNoEvaluationMetric_SaysWhichThereAre()
    {
        Should.Throw<InvalidDataException>(() => new ToyRun(_folder["a"]).Run(ToyRun.Options with { KeepBest = "eval_los" }))
            .Message.ShouldContain("eval_loss, eval_score");
    }

    [Fact]
    public void Run_LossBecomesNaN_NamesStepAndRowsAndKeepsTheLastCheckpoint()
    {
        var left = 14; // seven steps of two micro-batches are fine
        var toy = new ToyRun(_folder["a"]) { Weight = row => left < 0 ? double.NaN : 1, OnLoss = _ => left-- };

        var error = Should.Throw<NumericFailureException>(() => toy.Run());

        error.Message.ShouldContain("step 8");
        error.Message.ShouldContain("toy.jsonl:");
        Directory.GetDirectories(_folder["a", "checkpoints"]).Select(path => Path.GetFileName(path)).Order().ShouldBe(["step-00000003", "step-00000006"]);
    }

    [Fact]
    public void Run_DoneAlready_TrainsNothingMore()
    {
        var first = new ToyRun(_folder["a"]);
        var result = first.Run();
        var again = new ToyRun(_folder["a"]) { OnLoss = _ => throw new InvalidOperationException("trained again") };

        again.Run().Evaluation.ShouldBe(result.Evaluation);
        again.Model.Bytes().ShouldBe(first.Model.Bytes());
        again.Metrics().ShouldBe(first.Metrics());
    }

    [Fact]
    public void Run_TwoHundredSteps_LeavesNoTensorBehind()
    {
        var counts = new List<long>();
        var run = new ToyRun(_folder["a"]) { OnLoss = _ => counts.Add(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount) };

        run.Run(ToyRun.Options with { MaxSteps = 200, BatchSize = 1, GradientAccumulationSteps = 1, EvalEvery = 20, SaveEvery = 50, LogEvery = 20 });

        counts.Count.ShouldBe(200);
        counts[^1].ShouldBe(counts[10]);
    }

    [Fact]
    public void Run_MetricsWritten_AreDocumented()
    {
        new ToyRun(_folder["a"]).Run();

        var written = MetricsFile.Read(_folder["a", "metrics.jsonl"]).SelectMany(line => line.Values).Select(pair => pair.Key).Distinct().ToList();
        written.ShouldBe(["loss", "grad_norm", "learning_rate", "epoch", "num_tokens", "eval_loss", "eval_score"], ignoreOrder: true);
        var documented = MetricsDoc.Names(MetricsDoc.Find());
        written.Where(name => !documented.Contains(name.Replace("eval_", ""))).ShouldBe(["eval_score"]); // the toy's own
    }

    private static void When(bool condition, Action action)
    {
        if (condition)
        {
            action();
        }
    }

    /// <summary>Ends a run in the midst of a step, without a word to the loop.</summary>
    private void Kill(int microBatches)
    {
        var left = microBatches;
        var killed = new ToyRun(_folder["killed"]) { OnLoss = _ => When(left-- == 0, () => throw new InvalidOperationException("killed")) };
        Should.Throw<InvalidOperationException>(() => killed.Run()).Message.ShouldBe("killed");
    }
}
