using Alignment.Training.Statistics;

namespace Alignment.Training.Tests.Statistics;

public class CalibrationTests
{
    [Fact]
    public void ExpectedError_HandValue()
    {
        // Bin 0.9: probabilities 0.9, 0.9, outcomes true, false: |0.5 - 0.9| * 2/4 = 0.2. Bin 0.2: 0.25, 0.25, both false: 0.25 * 2/4 = 0.125.
        Calibration.ExpectedError([0.9, 0.9, 0.25, 0.25], [true, false, false, false]).ShouldBe(0.325, 1e-12);
    }

    [Fact]
    public void ExpectedError_SharesMatch_IsZero() =>
        Calibration.ExpectedError([0.75, 0.75, 0.75, 0.75], [true, true, true, false]).ShouldBe(0, 1e-12);

    [Fact]
    public void ExpectedError_CertainAndRight_IsZero() => Calibration.ExpectedError([1, 0], [true, false]).ShouldBe(0);

    [Fact]
    public void ExpectedError_OutsideTheUnitInterval_NamesIt() =>
        Should.Throw<ArgumentException>(() => Calibration.ExpectedError([0.5, 1.5], [true, true])).Message.ShouldContain("probability 1 is 1.5");

    [Fact]
    public void Bins_HoldCountMeanAndShare() =>
        Calibration.Bins([0.92, 0.98, 0.25, 1], [true, false, false, true]).ShouldBe([new(1, 0.25, 0), new(3, (0.92 + 0.98 + 1) / 3, 2 / 3.0)]);
}
