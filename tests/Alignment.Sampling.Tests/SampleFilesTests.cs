using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Sampling.Tests;

public sealed class SampleFilesTests
{
    private static readonly SampleOptions Options = new() { Model = "m", Prompts = ["p.jsonl"], Write = [SampleFile.All] };

    // Two prompts; the second one's third response was cut, the first one's last two are one text.
    private static readonly SampleGroup[] Groups =
    [
        Group("one", null, ("bad", true, -1), ("best", true, 3), ("good", true, 2), ("good", true, 2)),
        Group("two", null, ("fine", true, 1), ("poor", true, 0), ("cut", false, 9), (" ", true, 8)),
    ];

    [Fact]
    public void BestOfN_TakesTheBestThatEndedAndSaysSomething()
    {
        Texts(SampleFile.BestOfN, "completion").ShouldBe(["best", "fine"]);
        Texts(SampleFile.BestOfN, "completion", Options with { KeepCut = true }).ShouldBe(["best", "cut"]);
    }

    [Fact]
    public void Rejection_TakesTheBestShareOfAllOrThoseAboveAThreshold()
    {
        Texts(SampleFile.Rejection, "completion", With(new() { TopShare = 0.5 })).ShouldBe(["best", "good", "fine"]); // 3 of 5 different ones
        Texts(SampleFile.Rejection, "completion", With(new() { MinReward = 1 })).ShouldBe(["best", "good", "fine"]);
        Texts(SampleFile.Rejection, "completion", With(new() { MinReward = 0, MaxPerPrompt = 1 })).ShouldBe(["best", "fine"]);
        Texts(SampleFile.Rejection, "completion").ShouldBe(["best", "good"]); // a quarter, rounded up

        static SampleOptions With(RejectionOptions rejection) => Options with { Rejection = rejection };
    }

    [Fact]
    public void Pairs_BestWorst_IsOnePairOfAPromptWithScoresAndMargin()
    {
        var rows = Rows(SampleFile.Pairs, Options);

        rows.Select(row => (row["chosen"]!.GetValue<string>(), row["rejected"]!.GetValue<string>(), row["margin"]!.GetValue<double>())).ShouldBe([("best", "bad", 4), ("fine", "poor", 1)]);
        rows[0]["meta"]!["chosen_score"]!.GetValue<double>().ShouldBe(3);
        rows[0]["meta"]!["rejected_score"]!.GetValue<double>().ShouldBe(-1);
        rows[0]["meta"]!["group"]!.GetValue<string>().ShouldBe(RowMeta.GroupOf("one"));
    }

    [Fact]
    public void Pairs_All_AreThoseWhoseScoresDifferByMoreThanTheMargin()
    {
        Pairs(new() { Kind = PairKind.All }).ShouldBe(["best>bad", "good>bad", "best>good", "fine>poor"]);
        Pairs(new() { Kind = PairKind.All, MinMargin = 1 }).ShouldBe(["best>bad", "good>bad"]);

        static string[] Pairs(PairOptions pairs) => [.. Rows(SampleFile.Pairs, Options with { Pairs = pairs }).Select(row => $"{row["chosen"]}>{row["rejected"]}")];
    }

    [Fact]
    public void Spin_SetsTheDataAgainstTheModelWhereTheyDiffer()
    {
        SampleGroup[] groups = [Group("one", "gold", ("own", true, null), (" gold ", true, null), ("own", true, null)), Group("two", "gold", ("gold", true, null))];

        var row = SampleFiles.Rows(SampleFile.Spin, groups, Options).ShouldHaveSingleItem();

        (row["prompt"]!.GetValue<string>(), row["chosen"]!.GetValue<string>(), row["rejected"]!.GetValue<string>()).ShouldBe(("one", "gold", "own"));
    }

    [Fact]
    public void Messages_StayMessages()
    {
        Message[] asked = [new(Message.User, "Hi"), new(Message.Assistant, "Hello!"), new(Message.User, "Bye")];
        var group = Group("x", null, ("Good bye!", true, 1), ("No.", true, 0)) with { Source = Source(asked, null) };

        var row = SampleFiles.Rows(SampleFile.Pairs, [group], Options).ShouldHaveSingleItem();

        row["prompt"]!.AsArray().Count.ShouldBe(3);
        row["chosen"]!.ToJsonString().ShouldBe("""[{"role":"assistant","content":"Good bye!"}]""");
    }

    [Fact]
    public void All_HasEveryResponse()
    {
        var rows = Rows(SampleFile.All, Options);

        rows.Count.ShouldBe(8);
        rows[6].ToJsonString().ShouldBe($$$"""{"prompt":"two","response":"cut","score":9,"sample":2,"ended":false,"length":3,"log_prob":-0.5,"meta":{"group":"{{{RowMeta.GroupOf("two")}}}","row":"f:1"}}""");
    }

    private static string[] Texts(SampleFile file, string column, SampleOptions? options = null) => [.. Rows(file, options ?? Options).Select(row => row[column]!.GetValue<string>())];

    private static List<JsonObject> Rows(SampleFile file, SampleOptions options) => [.. SampleFiles.Rows(file, Groups, options)];

    private static SampleGroup Group(string prompt, string? completion, params (string Text, bool Ended, double? Score)[] responses) => new(
        Source(prompt, completion), [.. responses.Select((response, i) => new SampledResponse(i, response.Text, 3, response.Ended, -0.5, response.Score))]);

    private static SourcePrompt Source(Content prompt, string? completion) =>
        new(new PromptExample("f:1", [1], []), prompt, completion is null ? null : (Content)completion);
}
