namespace Alignment.OnlineDpo.Tests;

public sealed class ResponsePairTests
{
    [Fact]
    public void BestAndWorst_TakesThemFromEachPrompt()
    {
        var pairs = ResponsePair.BestAndWorst([1, 3, 2, /**/ 5, 5, 5, /**/ 0, -1, -1], 3);

        pairs.Select(pair => (pair.Chosen, pair.Rejected)).ShouldBe([(1, 0), (3, 5), (6, 8)]);
        ResponsePair.BestAndWorst([1, 1, 0, 2], 2).Select(pair => (pair.Chosen, pair.Rejected)).ShouldBe([(0, 1), (3, 2)]);
    }

    [Fact]
    public void AsDrawn_KeepsTheOrderAndSaysWhichIsBetter()
    {
        var pairs = ResponsePair.AsDrawn([1, 2, 3, 3]);

        pairs.ShouldBe([new(0, 1, FirstIsBetter: false), new(2, 3, FirstIsBetter: true)]);
        pairs.Select(pair => (pair.Chosen, pair.Rejected)).ShouldBe([(1, 0), (2, 3)]);
    }
}
