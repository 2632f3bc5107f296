using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Votes;

public class VoteTests
{
    [Fact]
    public void Problems_NamesEveryBrokenRule()
    {
        var task = Made.Task("t");
        var good = Made.Vote("t", "ada", Verdict.Of(1)) with { Strength = 3, Seconds = 0, Comment = "", Shown = [1, 0] };
        good.Problems(task).ShouldBeEmpty();
        (good with { Id = "" }).Problems(task).Single().ShouldContain("id");
        (good with { Annotator = "a\tb" }).Problems(task).Single().ShouldContain("annotator");
        (good with { Choice = Verdict.Of(2) }).Problems(task).Single().ShouldContain("candidates are 0 to 1");
        (good with { Strength = 4 }).Problems(task).Single().ShouldContain("strength is 4");
        (good with { Choice = Verdict.Tie }).Problems(task).Single().ShouldContain("goes with a choice");
        (good with { Comment = new string('x', 10_001) }).Problems(task).Single().ShouldContain("10001 characters");
        (good with { Seconds = double.NaN }).Problems(task).Single().ShouldContain("seconds");
        (good with { Shown = [0, 0] }).Problems(task).Single().ShouldContain("[0, 0]");
        (good with { Shown = [0] }).Problems(task).Single().ShouldContain("each of the 2");
    }

    [Fact]
    public void Ranking_NamesEveryCandidateOnce_AndBeginsWithTheChoice()
    {
        var task = Made.Task("t", candidates: 3);
        var good = Made.Vote("t", "ada", Verdict.Of(2)) with { Ranking = [2, 0, 1] };
        good.Problems(task).ShouldBeEmpty();
        (good with { Ranking = [2, 0] }).Problems(task).Single().ShouldContain("[2, 0]; it must name each of the 3");
        (good with { Ranking = [2, 0, 0] }).Problems(task).Single().ShouldContain("once");
        (good with { Ranking = [2, 0, 3] }).Problems(task).Single().ShouldContain("once");
        (good with { Ranking = [] }).Problems(task).Single().ShouldContain("each of the 3");
        (good with { Choice = Verdict.Of(0) }).Problems(task).Single().ShouldContain("the choice is 0, and the ranking begins with 2");
        (good with { Choice = Verdict.Tie }).Problems(task).Single().ShouldContain("the choice is tie");
        (Made.Vote("t", "ada", Verdict.Of(1)) with { Ranking = [1, 0] }).Problems(Made.Task("t")).Single().ShouldContain("three candidates or more");
        (good with { Ranking = [2, 0, 1] }).ShouldBe(good);
        (good with { Ranking = [2, 1, 0] }).ShouldNotBe(good);
    }

    [Theory]
    [InlineData("0", VerdictKind.Choice, 0)]
    [InlineData("11", VerdictKind.Choice, 11)]
    [InlineData("tie", VerdictKind.Tie, -1)]
    [InlineData("both_bad", VerdictKind.BothBad, -1)]
    [InlineData("skip", VerdictKind.Skip, -1)]
    public void Verdict_RoundTrips(string text, VerdictKind kind, int choice)
    {
        Verdict.TryParse(text, out var verdict).ShouldBeTrue();
        (verdict.Kind, verdict.Choice, verdict.ToString()).ShouldBe((kind, choice, text));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("Tie")]
    [InlineData("")]
    [InlineData("1.0")]
    [InlineData("99999999999")]
    [InlineData(null)]
    public void Verdict_RefusesAnythingElse(string? text) => Verdict.TryParse(text, out _).ShouldBeFalse();
}
