using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Tests.Tasks;

public class SideOrderTests
{
    [Fact]
    public void Of_IsAPermutation_TheSameEachTime()
    {
        SideOrder.Of(1, "t", "ada", 5).Order().ShouldBe([0, 1, 2, 3, 4]);
        SideOrder.Of(1, "t", "ada", 5).ShouldBe(SideOrder.Of(1, "t", "ada", 5));
    }

    [Fact]
    public void Of_PutsEachCandidateLeftAboutHalfOfTheTime_ForEveryReason()
    {
        // 2,000 fair coins: more than 4 standard deviations (4 x 22.4) off the mean happens once in 16,000 tries, and the seed is fixed.
        const int count = 2000;
        int Left(Func<int, IReadOnlyList<int>> order) => Enumerable.Range(0, count).Count(i => order(i)[0] == 0);
        Left(i => SideOrder.Of(1, $"t{i}", "", 2)).ShouldBeInRange(910, 1090);
        Left(i => SideOrder.Of(1, "t", $"a{i}", 2)).ShouldBeInRange(910, 1090);
        Left(i => SideOrder.Of(i, "t", "", 2)).ShouldBeInRange(910, 1090);
    }

    [Fact]
    public void Of_KeepsTaskAndAnnotatorApart() =>
        Enumerable.Range(0, 20).Select(i => (SideOrder.Of(i, "a", "b/c", 8), SideOrder.Of(i, "a/b", "c", 8)))
            .Any(pair => !pair.Item1.SequenceEqual(pair.Item2)).ShouldBeTrue();
}
