using Alignment.Data.Collation;
using Alignment.Data.Rows;
using static Alignment.Data.Tests.TinyTokenizer;

namespace Alignment.Data.Tests.Collation;

public sealed class RankedExamplesTests
{
    private static readonly ExampleOptions Options = new() { Tokenizer = Instance, MaxLength = 7 };

    [Fact]
    public void Build_RankedResponses_KeepsTheirOrderAndPlaces()
    {
        var example = One(Row("xy", new("a", Rank: 5), new("b", Rank: 2), new("c"), new("d", Rank: 5)));

        example.Prompt.ShouldBe(Bytes("xy"));
        example.Responses.ShouldBe([[4 + 'a', End], [4 + 'b', End], [4 + 'c', End], [4 + 'd', End]]);
        example.Ranks.ShouldBe([1, 0, -1, 1]);
        example.Ratings.ShouldAllBe(rating => double.IsNaN(rating));
    }

    [Fact]
    public void Build_RatedResponses_RanksThemByTheirScores()
    {
        var example = One(Row("xy", new("a", Score: 0.5), new("b", Score: 4), new("c"), new("d", Score: 0.5)));

        example.Ranks.ShouldBe([1, 0, -1, 1]);
        example.Ratings.ShouldBe([0.5, 4, double.NaN, 0.5]);
    }

    [Fact]
    public void Build_RowsOfOneRating_AreGatheredByTheirPrompts()
    {
        var examples = RankedExamples.Build(
            [Row("x", new RankedResponse("a", Score: 1)), Row("y", new RankedResponse("b", Score: 2)) with { Id = "f:2" }, Row("x", new RankedResponse("c", Score: 3)) with { Id = "f:3" }],
            Options).Examples;

        examples.Select(example => (example.RowId, string.Join(' ', example.Ratings))).ShouldBe([("f:1", "1 3"), ("f:2", "2")]);
        examples[0].Ranks.ShouldBe([1, 0]);
    }

    [Theory]
    [InlineData(0.9, 0, 1)]
    [InlineData(0.1, 1, 0)]
    [InlineData(0.5, 0, 0)]
    public void Build_Pair_IsRankedByItsLabel(double label, int chosen, int rejected) =>
        RankedExamples.Build([new PreferenceRow("xy", "a", "b", Label: label) { Id = "f:1" }], Options).Examples[0].Ranks.ShouldBe([chosen, rejected]);

    [Fact]
    public void Build_SameTokensRankedDifferently_AreRefused() =>
        Should.Throw<DataFormatException>(() => One(Row("xy", new("a", Rank: 0), new("b", Rank: 1), new("a", Rank: 2))))
            .Message.ShouldContain("responses 1 and 3 become the same tokens but are ranked differently");

    [Fact]
    public void Build_TooManyResponses_AreRefusedInAListAndPartedAmongRatings()
    {
        Should.Throw<DataFormatException>(() => One(Row("xy", [.. Enumerable.Range(0, 65).Select(i => new RankedResponse("a", Score: i))]))).Message.ShouldContain("65 responses");

        var rated = RankedExamples.Build(Enumerable.Range(0, 65).Select(i => Row("x", new RankedResponse("a", Score: i))), Options).Examples;
        rated.Select(example => example.Responses.Count).ShouldBe([64, 1]);
    }

    [Fact]
    public void Build_TooLong_TheLongestResponseCounts() =>
        Should.Throw<DataFormatException>(() => One(Row("xy", new("a", Rank: 0), new("abcdef", Rank: 1)))).Message.ShouldContain("prompt 2, response 6");

    private static RankedExample One(RankedRow row) => RankedExamples.Build([row], Options).Examples.ShouldHaveSingleItem();

    private static RankedRow Row(string prompt, params RankedResponse[] responses) => new(prompt, responses) { Id = "f:1" };
}
