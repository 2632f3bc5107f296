using Alignment.Data.Collation;

namespace Alignment.Data.Tests.Collation;

public sealed class SourceMixTests
{
    [Fact]
    public void FirstExhausted_WeightsTwoToOne_EndsBeforeARowComesTwice()
    {
        // Shares 2/3 and 1/3 of sources of 100 and 1000 rows: 100 / (2/3) = 150 rows, 100 and 50 of them.
        var mix = new SourceMix(["a", "b"], [100, 1000], [2, 1], 1, MixStop.FirstExhausted);

        mix.Drawn.ShouldBe([100, 50]);
        mix.RowsPerEpoch.ShouldBe(150);
        mix.Draw(7, 0).Distinct().Count().ShouldBe(150);
        mix.Draw(7, 0).Count(row => mix.SourceOf(row) == 0).ShouldBe(100);
    }

    [Fact]
    public void AllExhausted_EveryRowComes()
    {
        // 1000 / (1/3) = 3000 rows: 2000 of the first source (each row 20 times), 1000 of the second.
        var mix = new SourceMix(["a", "b"], [100, 1000], [2, 1], 1, MixStop.AllExhausted);

        mix.Drawn.ShouldBe([2000, 1000]);
        mix.Draw(7, 0).GroupBy(row => row).ShouldAllBe(rows => rows.Count() == (rows.Key < 100 ? 20 : 1));
    }

    [Fact]
    public void WithoutWeights_SharesGoByRowsAndTemperature()
    {
        new SourceMix(["a", "b"], [100, 900], null, 1, MixStop.FirstExhausted).Drawn.ShouldBe([100, 900]);

        // Temperature 2: 10 to 30, so a quarter of 400 rows.
        new SourceMix(["a", "b"], [100, 900], null, 2, MixStop.FirstExhausted).Drawn.ShouldBe([100, 300]);
        new SourceMix(["a", "b"], [100, 900], null, 1e6, MixStop.FirstExhausted).Drawn.ShouldBe([100, 100]);
    }

    [Fact]
    public void Draw_OverEpochs_GoesOnWhereASourceStopped()
    {
        var mix = new SourceMix(["a", "b"], [10, 25], [1, 1], 1, MixStop.FirstExhausted); // 10 rows of each an epoch

        var drawn = Enumerable.Range(0, 5).SelectMany(epoch => mix.Draw(3, epoch)).Where(row => row >= 10).ToList();

        drawn.Count.ShouldBe(50); // two passes over 25 rows
        drawn.Take(25).Distinct().Count().ShouldBe(25);
        drawn.Skip(25).Distinct().Count().ShouldBe(25);
        mix.Draw(3, 4).ShouldBe(mix.Draw(3, 4));
        mix.Draw(3, 1).ShouldNotBe(mix.Draw(4, 1));
    }

    [Fact]
    public void Of_AMix_IsShuffledAndHasTheShares()
    {
        var mix = new SourceMix(["a", "b"], [40, 400], [1, 1], 1, MixStop.FirstExhausted);
        int[] lengths = [.. Enumerable.Range(0, 440).Select(i => 1 + (i * 37 % 50))];
        foreach (var grouped in new[] { true, false })
        {
            var order = new EpochOrder(lengths, 8, grouped, seed: 5, mix);

            order.Rows.ShouldBe(80);
            order.Of(2).Order().ShouldBe(mix.Draw(5, 2).Order());
            order.Of(2).Take(40).Count(row => row < 40).ShouldBeInRange(8, 32);
            order.Of(2).ShouldNotBe(order.Of(3));
        }
    }

    [Fact]
    public void ShareOfNoRow_IsRefused() =>
        Should.Throw<InvalidDataException>(() => new SourceMix(["a", "tiny"], [10, 1000], [1000, 1], 1, MixStop.FirstExhausted)).Message
            .ShouldBe("mix: source 'tiny' gets none of the 10 rows of an epoch (its share is 0.000999); raise its weight or set stop: all_exhausted");

    [Fact]
    public void EndlessEpoch_IsRefused() =>
        Should.Throw<InvalidDataException>(() => new SourceMix(["a", "tiny"], [10, 1000], [1e9, 1], 1, MixStop.AllExhausted)).Message.ShouldContain("bring the weights closer together");
}
