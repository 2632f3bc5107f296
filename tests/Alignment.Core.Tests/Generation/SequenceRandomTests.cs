using Alignment.Core.Generation;

namespace Alignment.Core.Tests.Generation;

public class SequenceRandomTests
{
    [Fact]
    public void Uniform_SameSeedAndStep_SameNumber() => SequenceRandom.Uniform(3, 5).ShouldBe(SequenceRandom.Uniform(3, 5));

    [Fact]
    public void Uniform_NeighbouringSeedsAndSteps_Differ()
    {
        var numbers = new HashSet<double>();
        for (var seed = 0L; seed < 100; seed++)
        {
            for (var step = 0; step < 100; step++)
            {
                numbers.Add(SequenceRandom.Uniform(seed, step));
            }
        }

        numbers.Count.ShouldBe(10_000); // in particular (seed, step + 1) is not (seed + 1, step)
    }

    [Fact]
    public void Uniform_FillsTheUnitIntervalEvenly()
    {
        var tenths = new int[10];
        for (var step = 0; step < 100_000; step++)
        {
            tenths[(int)(SequenceRandom.Uniform(11, step) * 10)]++;
        }

        tenths.ShouldAllBe(count => Math.Abs(count - 10_000) < 400); // four standard deviations are 380
    }
}
