using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Tests.Tasks;

public class LabelTaskTests
{
    [Fact]
    public void Problems_NamesEveryBrokenRule()
    {
        var good = Made.Task("t") with { Gold = Verdict.Of(1), Overlap = 0 };
        good.Problems().ShouldBeEmpty();
        (good with { Id = " " }).Problems().Single().ShouldContain("id");
        (good with { Id = "a\nb" }).Problems().Single().ShouldContain("control");
        (good with { Candidates = [good.Candidates[0]] }).Problems().ShouldContain(problem => problem.Contains("1 candidates"));
        (good with { Candidates = [new(""), good.Candidates[1]] }).Problems().ShouldBeEmpty("a model may say nothing");
        (good with { Candidates = [good.Candidates[0], good.Candidates[0] with { Model = "other" }] }).Problems().Single().ShouldContain("same text");
        (good with { Gold = Verdict.Of(2) }).Problems().Single().ShouldContain("gold answer is '2'");
        (good with { Gold = Verdict.Skip }).Problems().Single().ShouldContain("gold answer is 'skip'");
        (good with { Overlap = -1 }).Problems().Single().ShouldContain("overlap is -1");
    }

    [Fact]
    public void AsksTheSame_LooksAtTextsOnly()
    {
        var task = Made.Task("t");
        task.AsksTheSame(task with { Id = "u", Overlap = 9, Gold = Verdict.Tie, Candidates = [new("answer 0 of t"), new("answer 1 of t")] }).ShouldBeTrue();
        task.AsksTheSame(task with { Candidates = [new("answer 1 of t"), new("answer 0 of t")] }).ShouldBeFalse();
        task.AsksTheSame(task with { Prompt = "other" }).ShouldBeFalse();
    }
}
