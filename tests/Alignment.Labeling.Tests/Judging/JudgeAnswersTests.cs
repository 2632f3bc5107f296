using Alignment.Labeling.Judging;

namespace Alignment.Labeling.Tests.Judging;

public class JudgeAnswersTests
{
    private static readonly JudgeSettings Settings = new() { Name = "j", Model = "m" };
    private static readonly JudgeQuestion Question = new(Made.Task("t", candidates: 3), First: 2, Second: 1, Sample: 0);

    private static (string? Choice, int? Strength, string? Problem) Read(string text, JudgeSettings? settings = null)
    {
        var answer = JudgeAnswers.Read(text, Question, settings ?? Settings, out var problem);
        (answer is null).ShouldBe(problem is not null);
        return (answer?.Choice.ToString(), answer?.Strength, problem);
    }

    [Theory]
    [InlineData("""{"reason": "r", "verdict": "A", "strength": 3}""", "2", 3)]
    [InlineData("""{"verdict": "B"}""", "1", null)]
    [InlineData("""{"reason": "r", "verdict": "tie", "strength": 1}""", "tie", null)]
    [InlineData("""{"reason": "r", "verdict": "both_bad", "strength": null}""", "both_bad", null)]
    [InlineData("  \n{\"verdict\": \"A\"}\n", "2", null)]
    [InlineData("```json\n{\"verdict\": \"A\"}\n```", "2", null)]
    [InlineData("<think>A says {\"verdict\": \"A\"} itself</think>\n{\"verdict\": \"B\"}", "1", null)]
    public void Verdicts_AreRead(string text, string choice, int? strength) => Read(text).ShouldBe((choice, strength, null));

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("I choose {\"verdict\": \"A\"}")]
    [InlineData("{\"verdict\": \"A\"} as the answer asked")]
    [InlineData("{\"verdict\": \"A\"}{\"verdict\": \"B\"}")]
    [InlineData("""{"verdict": "B", "verdict": "A"}""")]
    [InlineData("""{"verdict": "A", "note": "x"}""")]
    [InlineData("""{"Verdict": "A"}""")]
    [InlineData("""{"verdict": "a"}""")]
    [InlineData("""{"verdict": "skip"}""")]
    [InlineData("""{"verdict": ["A"]}""")]
    [InlineData("""{"verdict": {"verdict": "A"}}""")]
    [InlineData("""{"verdict": "A", "strength": 4}""")]
    [InlineData("""{"verdict": "A", "strength": "2"}""")]
    [InlineData("""{"verdict": "A", "strength": 1.5}""")]
    [InlineData("""{"verdict": "\ud800"}""")]
    [InlineData("""{"reason": "A is better", "verdict": """)]
    [InlineData("""[{"verdict": "A"}]""")]
    [InlineData("```")]
    [InlineData("``````")]
    [InlineData("null")]
    public void EverythingElse_IsNoVerdict(string text) => Read(text).Problem.ShouldNotBeNull();

    [Fact]
    public void VerdictsThatAreNotAllowed_AreNone()
    {
        Read("""{"verdict": "tie"}""", Settings with { Tie = false }).Problem.ShouldBe("\"verdict\" has no allowed value");
        Read("""{"verdict": "both_bad"}""", Settings with { BothBad = false }).Problem.ShouldNotBeNull();
        JudgeAnswers.Schema(Settings with { Tie = false }).Schema["properties"]!["verdict"]!["enum"]!.ToJsonString().ShouldBe("""["A","B","both_bad"]""");
    }

    [Fact]
    public void AnUnendingNesting_IsNoVerdict() => Read(string.Concat(Enumerable.Repeat("{\"verdict\":", 100_000))).Problem.ShouldNotBeNull();
}
