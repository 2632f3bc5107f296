using System.Text.Json.Nodes;
using Alignment.Data.Rewards;

namespace Alignment.Data.Tests.Rewards;

public class ContainsAnswerRewardTests
{
    private static readonly JsonObject Row = new() { ["answer"] = "Oslo", ["candidates"] = new JsonArray("Oslo", "Rome", "New Rome") };

    [Theory]
    [InlineData("Oslo", 1)]
    [InlineData("She lives in OSLO.", 1)]
    [InlineData("Oslo, yes: Oslo!", 1)]
    [InlineData("Rome", 0)]              // a wrong candidate
    [InlineData("", 0)]                  // nothing named
    [InlineData("She lives there.", 0)]  // nothing named
    [InlineData("Oslostad", 0)]          // part of a word
    [InlineData("NewOslo", 0)]           // part of a word
    [InlineData("Oslo or Rome", 0)]      // listing does not score
    [InlineData("Rome? No, Oslo.", 0)]   // nor does correcting oneself
    [InlineData("Oslo, not Romeo", 1)]   // Romeo is no candidate
    public void Score_WithCandidates_OneOnlyIfTheAnswerAloneIsNamed(string response, double expected) =>
        new ContainsAnswerReward("correct", "answer", "candidates").Score("", response, Row).ShouldBe(expected);

    [Fact]
    public void Score_WithoutCandidates_OtherNamesDoNotMatter() =>
        new ContainsAnswerReward("correct", "answer").Score("", "Oslo or Rome", Row).ShouldBe(1);

    [Fact]
    public void Score_ListOfAnswers_AnyOfThemIsRight()
    {
        var row = new JsonObject { ["people"] = new JsonArray("Ada", "Bo"), ["candidates"] = new JsonArray("Ada", "Bo", "Cy") };
        var reward = new ContainsAnswerReward("correct", "people", "candidates");
        reward.Score("", "Bo does.", row).ShouldBe(1);
        reward.Score("", "Ada and Bo do.", row).ShouldBe(1);
        reward.Score("", "Bo and Cy do.", row).ShouldBe(0);
    }

    [Fact]
    public void Score_NamesOverlap_TheLongestCounts()
    {
        var green = new JsonObject { ["answer"] = "green", ["candidates"] = new JsonArray("green", "dark green") };
        var dark = new JsonObject { ["answer"] = "dark green", ["candidates"] = new JsonArray("green", "dark green") };
        var reward = new ContainsAnswerReward("correct", "answer", "candidates");
        reward.Score("", "It is dark green.", green).ShouldBe(0);
        reward.Score("", "It is dark green.", dark).ShouldBe(1);
        reward.Score("", "It is green.", dark).ShouldBe(0);
    }

    [Fact]
    public void Score_NumberAsAnswer_IsFoundAsText() =>
        new ContainsAnswerReward("correct", "answer").Score("", "It is 12.", new JsonObject { ["answer"] = 12 }).ShouldBe(1);

    [Fact]
    public void Score_AnswerThatAConversionKeptInMeta_IsFound() =>
        new ContainsAnswerReward("correct", "answer").Score("", "It is green.", new JsonObject { ["meta"] = new JsonObject { ["answer"] = "green" } }).ShouldBe(1);

    [Fact]
    public void Score_ColumnMissing_NamesRowColumnAndWhatThereIs() =>
        Should.Throw<DataFormatException>(() => new ContainsAnswerReward("correct", "solution").Score("", "x", Row, "eval.jsonl:7"))
            .Message.ShouldBe("eval.jsonl:7: column 'solution' is missing (columns: answer, candidates); the reward 'correct' needs it to be a string, a number or a list of them");

    [Theory]
    [InlineData("{\"answer\": null}", "has null where")]
    [InlineData("{\"answer\": true}", "has true where")]
    [InlineData("{\"answer\": [[1]]}", "has [1] where")]
    [InlineData("{\"answer\": []}", "is an empty list")]
    [InlineData("{\"answer\": \" \"}", "has an empty string")]
    public void Score_ColumnOfAnotherType_IsRefused(string json, string what) =>
        Should.Throw<DataFormatException>(() => new ContainsAnswerReward("correct", "answer").Score("", "x", JsonNode.Parse(json)!.AsObject(), "a.jsonl:3"))
            .Message.ShouldStartWith($"a.jsonl:3: column 'answer' {what}");
}
