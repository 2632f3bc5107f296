using Alignment.Training.Metrics;
using Alignment.Training.Optimization;
using Alignment.Training.Runs;
using Alignment.Training.Schedules;
using static TorchSharp.torch;

namespace Alignment.Dpo.Tests;

/// <summary>Counts all live tensors of the process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(DpoLeakTests), DisableParallelization = true)]
public sealed class Alone;

[Collection(nameof(DpoLeakTests))]
public sealed class DpoLeakTests
{
    [Fact]
    public void Loss_TwoHundredSteps_LeaveNoTensorBehind()
    {
        using var run = new TinyRun("");
        using var policy = TinyPairs.Policy();
        using var session = StageSession.Begin(
            RunFolder.Open(run.Stage), StageManifest.Begin("dpo", "dpo", [], 1, []), StageConsole.Quiet());
        var stage = new DpoStage(TinyPairs.Options with { SftWeight = 0.1 }, session, policy, TinyPairs.Set, new PairSet([], new([], [])), TinyPairs.PadId);
        using var optimizer = OptimizerFactory.AdamW(policy.parameters(), 0, 0.9, 0.999, 1e-8);
        var step = new GradientStep(optimizer, policy.parameters(), 1e-4, new LearningRateSchedule(LearningRateShape.Constant, 300, 0, 0), 1);
        var metrics = new MetricMeans();

        // What earlier tests left to the collector goes first; after that the count may fall, but not rise.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var early = Steps(1, 20);
        Steps(21, 220).ShouldBeLessThanOrEqualTo(early);

        long Steps(int from, int to)
        {
            for (var i = from; i <= to; i++)
            {
                using var scope = NewDisposeScope();
                step.Clear();
                step.Backward(stage.Loss([i % 4, (i + 1) % 4], metrics), 2, i, ["a", "b"], static _ => { });
                step.Apply(i, ["a", "b"]);
            }

            return Tensor.TotalCount;
        }
    }
}
