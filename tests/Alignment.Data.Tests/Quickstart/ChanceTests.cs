using QuickstartData;

namespace Alignment.Data.Tests.Quickstart;

public sealed class ChanceTests
{
    [Fact]
    public void Below_SameSeedAndPurpose_SameNumbers()
    {
        int[] Draw(long seed, string purpose)
        {
            var chance = new Chance(seed, purpose);
            return [.. Enumerable.Range(0, 20).Select(_ => chance.Below(1000))];
        }

        Draw(1, "a").ShouldBe(Draw(1, "a"));
        Draw(1, "a").ShouldNotBe(Draw(1, "b"));
        Draw(1, "a").ShouldNotBe(Draw(2, "a"));
    }

    [Fact]
    public void Happens_ManyDraws_ShareIsTheProbability()
    {
        var chance = new Chance(1, "share");

        // Four standard errors: 4·√(0.3·0.7/10000) = 0.018.
        (Enumerable.Range(0, 10_000).Count(_ => chance.Happens(0.3)) / 10_000.0).ShouldBe(0.3, 0.018);
    }

    [Fact]
    public void Shuffled_KeepsEveryItemOnce() =>
        new Chance(1, "order").Shuffled(Enumerable.Range(0, 50)).Order().ShouldBe(Enumerable.Range(0, 50));
}
