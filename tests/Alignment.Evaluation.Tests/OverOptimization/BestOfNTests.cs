using Alignment.Evaluation.OverOptimization;

namespace Alignment.Evaluation.Tests.OverOptimization;

public class BestOfNTests
{
    private static readonly double[] Proxy = [0.3, -1, 2, 0.5, 1.5];
    private static readonly double[] Gold = [4, 1, -3, 0, 7];

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.1931471805599453)] // ln 2 − ½
    [InlineData(4, 0.6362943611198906)] // ln 4 − ¾
    public void Kl_OfN_IsLogNLessNMinusOneOverN(int n, double kl) => BestOfN.Kl(n).ShouldBe(kl, 1e-15);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Expected_OfN_IsTheMeanOverAllSubsets(int n)
    {
        // by hand of every subset of n: the gold of the one with the highest proxy
        List<double> best = [];
        for (var set = 0; set < 32; set++)
        {
            var members = Enumerable.Range(0, 5).Where(i => (set >> i & 1) == 1).ToArray();
            if (members.Length == n)
            {
                best.Add(Gold[members.MaxBy(i => Proxy[i])]);
            }
        }

        BestOfN.Expected(Proxy, Gold, n).ShouldBe(best.Average(), 1e-12);
    }

    [Fact]
    public void Expected_EqualProxies_AreTheMean()
    {
        BestOfN.Expected([1, 1, 1, 1], [1, 2, 3, 6], 2).ShouldBe(3, 1e-12);
        BestOfN.Expected([0, 1, 1], [9, 2, 4], 2).ShouldBe(3, 1e-12); // one of the two is always among the two drawn
    }

    [Fact]
    public void Expected_ManySamples_WeightsStillAddUpToOne()
    {
        var proxy = Enumerable.Range(0, 4096).Select(i => (double)i).ToArray();
        BestOfN.Expected(proxy, [.. proxy.Select(_ => 1.0)], 1024).ShouldBe(1, 1e-9);
    }

    [Fact]
    public void Sizes_AreTheDoublesAndTheMost() => BestOfN.Sizes(12).ShouldBe([1, 2, 4, 8, 12]);

    [Fact]
    public void Scores_TwoPrompts_TakeTheMeanOverThem() =>
        new BestOfScores(2, [0, 1, 5, 4], null, null, [1, 1, 1, 1]).Expected([10, 20, 30, 40], 2).ShouldBe(25); // 20 and 30
}
