using Alignment.Labeling.Agreement;

namespace Alignment.Labeling.Tests.Agreement;

public class RawAgreementTests
{
    [Fact]
    public void Of_CountsPairs() =>
        // Unit 1: three alike, 3 of 3 pairs. Unit 2: two alike of three, 1 of 3. Unit 3: one rating, no pair.
        RawAgreement.Of(Units.OfRows(2, "112", "11.", "12."), Units.Few)!.Value.Mean.ShouldBe(4 / 6.0, 1e-12);

    [Fact]
    public void Of_TheSameSeedGivesTheSameInterval()
    {
        var data = Units.OfRows(2, "1122121212", "1121121122", "1212121212");
        RawAgreement.Of(data, Units.Few).ShouldBe(RawAgreement.Of(data, Units.Few));
    }

    [Fact]
    public void Interval_CoversTheTruthAboutAsOftenAsItSays()
    {
        // Two annotators who agree on a unit with chance 0.7, 60 units, 200 experiments: 95 % intervals hold it 190 times, sd 3.1.
        var random = new Random(3);
        var held = Enumerable.Range(0, 200).Count(i =>
        {
            var second = string.Concat(Enumerable.Range(0, 60).Select(_ => random.NextDouble() < 0.7 ? '1' : '2'));
            var interval = RawAgreement.Of(Units.OfRows(2, new string('1', 60), second), new(Seed: i, Count: 200))!.Value;
            return interval.Low <= 0.7 && 0.7 <= interval.High;
        });
        held.ShouldBeInRange(180, 199);
    }
}
