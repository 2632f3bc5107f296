using System.Text.Json.Nodes;

namespace Alignment.Sampling.Tests;

public sealed class SourcePromptsTests
{
    private static readonly string Mixed = TinyRun.Options.Replace(
        "prompts: [ROOT/prompts.jsonl]", "mix: { sources: [{ files: [ROOT/prompts.jsonl], weight: 1 }, { files: [ROOT/more.jsonl], weight: 2, name: other }], stop: STOP }");

    [Theory]
    [InlineData("first_exhausted", 3, 6)] // 6 prompts are two thirds of 9
    [InlineData("all_exhausted", 10, 20)] // 10 are a third of 30; some of the 6 come again
    public void Run_PromptsOfSeveralSources_HaveTheirShares(string stop, int own, int other)
    {
        using var run = new TinyRun(Mixed.Replace("STOP", stop));
        run.WriteRows("more.jsonl", Enumerable.Range(0, 6).Select(i => new JsonObject { ["prompt"] = $"What does fish {i} do?" }));
        run.Main(run.Root).ShouldBe(0);

        var prompts = TinyRun.Rows(run.Root, "all.jsonl").Select(row => row["prompt"]!.ToJsonString()).ToList();
        prompts.Count.ShouldBe(4 * (own + other));
        prompts.Count(prompt => prompt.Contains("fish")).ShouldBe(4 * other);
        prompts.Distinct().Count().ShouldBe(own + 6);
        var counts = JsonNode.Parse(File.ReadAllText(run.At("sample", "manifest.json")))!["counts"]!.AsObject();
        counts["prompts/epoch/other"]!.GetValue<int>().ShouldBe(other);

        var whole = File.ReadAllBytes(run.At("sample", "all.jsonl"));
        run.Main(run.At("again")).ShouldBe(0);
        File.ReadAllBytes(run.At("again", "sample", "all.jsonl")).ShouldBe(whole);
    }
}
