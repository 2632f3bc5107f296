using Alignment.Training.Metrics;

namespace Alignment.Training.Tests.Metrics;

public class MetricsLogTests
{
    [Fact]
    public void Write_AnyValues_StepFirstRoundTripDoublesNullForNaNTimeLast()
    {
        using var folder = new TemporaryFolder();
        using (var log = MetricsLog.Open(folder["metrics.jsonl"], clock: FixedClock.Epoch))
        {
            log.Write(3, [new("loss", 0.1 + 0.2), new("rewards/chosen", double.NaN), new("num_tokens", 4096)]);
        }

        File.ReadAllText(folder["metrics.jsonl"]).ShouldBe(
            """{"step":3,"loss":0.30000000000000004,"rewards/chosen":null,"num_tokens":4096,"time":"1970-01-01T00:00:00.000Z"}""" + "\n");
    }

    [Fact]
    public void Write_NotYetDisposed_IsOnTheFile()
    {
        using var folder = new TemporaryFolder();
        using var log = MetricsLog.Open(folder["metrics.jsonl"]);

        log.Write(1, [new("loss", 1)]);

        MetricsFile.Read(folder["metrics.jsonl"]).Count.ShouldBe(1);
    }

    [Fact]
    public void Open_WithALastStep_CutsLaterLinesAndATornOne()
    {
        using var folder = new TemporaryFolder();
        using (var log = MetricsLog.Open(folder["metrics.jsonl"], clock: FixedClock.Epoch))
        {
            log.Write(1, [new("loss", 1)]);
            log.Write(2, [new("loss", 2)]);
            log.Write(2, [new("eval_loss", 2.5)]);
            log.Write(3, [new("loss", 3)]);
        }

        File.AppendAllText(folder["metrics.jsonl"], "{\"step\":4,\"lo");
        using (var log = MetricsLog.Open(folder["metrics.jsonl"], lastStep: 2, clock: FixedClock.Epoch))
        {
            log.Write(3, [new("loss", 3.5)]);
        }

        MetricsFile.Read(folder["metrics.jsonl"]).Select(line => (line.Step, line.Values[0].Key, line.Values[0].Value))
            .ShouldBe([(1, "loss", 1), (2, "loss", 2), (2, "eval_loss", 2.5), (3, "loss", 3.5)]);
    }

    [Fact]
    public void Open_WithoutALastStep_StartsEmpty()
    {
        using var folder = new TemporaryFolder();
        folder.Write("metrics.jsonl", "anything");

        using (MetricsLog.Open(folder["metrics.jsonl"]))
        {
        }

        File.ReadAllText(folder["metrics.jsonl"]).ShouldBeEmpty();
    }

    [Fact]
    public void Write_MetricCalledTime_IsRefused()
    {
        using var folder = new TemporaryFolder();
        using var log = MetricsLog.Open(folder["metrics.jsonl"]);

        Should.Throw<ArgumentException>(() => log.Write(1, [new("time", 1)]));
    }
}
