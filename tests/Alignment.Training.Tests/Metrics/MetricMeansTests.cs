using System.Text.Json;
using Alignment.Training.Metrics;
using static TorchSharp.torch;

namespace Alignment.Training.Tests.Metrics;

public class MetricMeansTests
{
    [Fact]
    public void Take_WeightedValues_GivesWeightedMeansOnce()
    {
        var means = new MetricMeans();
        means.Add("loss", 1, weight: 1);
        means.Add("loss", 4, weight: 2);
        means.Add("nothing", double.NaN, weight: 0);
        means.Count("num_tokens", 10);

        means.Take().ShouldBe([new("loss", 3), new("num_tokens", 10)]); // (1·1 + 4·2) / 3
        means.Count("num_tokens", 5);
        means.Take().ShouldBe([new("num_tokens", 15)]);
    }

    [Fact]
    public void Add_TensorsReadLate_GivesTheSameNumbersInTheSameOrder()
    {
        var (now, late) = (new MetricMeans(), new MetricMeans(new PendingReads(holdsAll: true)));
        using var scope = NewDisposeScope();
        foreach (var means in (MetricMeans[])[now, late])
        {
            for (var i = 1; i <= 7; i++)
            {
                means.Add("a", tensor(0.1f * i), i);
                means.Add("b", i);
                means.Add("c", tensor(0.1 / i), 0.3);
                means.Add("nothing", tensor(double.NaN), 0);
            }
        }

        late.Save().Means.OrderBy(pair => pair.Key).ShouldBe(now.Save().Means.OrderBy(pair => pair.Key)); // bit for bit
        late.Take().ShouldBe(now.Take());
    }

    [Fact]
    public void Take_TensorsReadLate_AreInIt()
    {
        var means = new MetricMeans(new PendingReads(holdsAll: true));
        using var value = tensor(2.0);
        means.Add("a", value, 3);

        means.Take().ShouldBe([new("a", 2)]);
        means.Take().ShouldBeEmpty();
    }

    [Fact]
    public void Load_SavedThroughJson_GoesOnExactly()
    {
        var straight = new MetricMeans();
        straight.Add("b", 0.1, 3);
        straight.Add("a", double.NaN);
        straight.Count("n", 0.1);
        var resumed = new MetricMeans();
        resumed.Load(JsonSerializer.Deserialize<MetricMeans.State>(JsonSerializer.Serialize(straight.Save()))!);
        foreach (var means in (MetricMeans[])[straight, resumed])
        {
            means.Add("c", 1);
            means.Add("b", 0.2, 7);
            means.Count("n", 0.2);
        }

        resumed.Take().ShouldBe(straight.Take());
    }
}
