using System.Text.Json.Nodes;
using Alignment.Training.Runs;
using Alignment.Training.Statistics;

namespace Alignment.Evaluation.Tests;

public sealed class SeedTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Build_TwoSeeds_GivesARowForEachModel()
    {
        var (one, two) = (Write("one", 1, 0.3, 0.1), Write("two", 2, -0.5, -0.7));

        var lines = SeedTable.Build([one, two]).Split('\n');

        lines[0].ShouldContain("seeds 1, 2. ");
        lines[2].ShouldBe("| model | gold reward, seed 1 | gold reward, seed 2 | gain over sft | sure | KL to sft | length | seconds |");
        lines[4].ShouldBe("| sft | 1.00 [0.90, 1.10] | 1.00 [0.90, 1.10] | – | – | 0.00 | 12.0 | – |");
        lines[5].ShouldBe("| dpo | 1.30 [1.20, 1.40] | 0.50 [0.40, 0.60] | -0.10 | better in 1 of 2, worse in 1 | 2.50 | 12.0 | 9 |");
    }

    [Fact]
    public void Build_OtherPromptsOrNoEvaluation_IsRefused()
    {
        var (one, two) = (Write("one", 1, 0.3, 0.1), Write("two", 2, 0.3, 0.1, prompts: "other.jsonl"));
        Should.Throw<InvalidDataException>(() => SeedTable.Build([one, two])).Message.ShouldBe($"{two}: 'prompts' is not that of {one}, so their numbers cannot stand in one table; name runs of one pipeline");
        Should.Throw<FileNotFoundException>(() => SeedTable.Build([Path.Combine(_folder.Path, "absent")])).Message.ShouldContain("holds no finished evaluation");
    }

    // gain: the mean, and the low end of its interval, which is 0.4 wide.
    private string Write(string run, long seed, double gain, double low, string prompts = "p.jsonl")
    {
        var folder = Path.Combine(_folder.Path, run, "evaluate");
        Directory.CreateDirectory(folder);
        var options = new JsonObject
        {
            ["baseline"] = "sft",
            ["reference"] = "sft",
            ["prompts"] = new JsonArray(prompts),
            ["models"] = new JsonObject { ["sft"] = "runs/sft/model", ["dpo"] = "runs/dpo/model" },
        };
        (StageManifest.Begin("evaluate", "evaluate", options, seed, []) with { Status = StageStatus.Done }).Save(folder);
        ModelResults Of(double gold, Interval gained, double kl) => new(
            new Interval(gold, gold - 0.1, gold + 0.1), null, null, new Interval(kl, kl, kl), 1, null, 12, null, gained);
        var results = new EvaluationResults(
            new Dictionary<string, ModelResults> { ["sft"] = Of(1, new(0, 0, 0), 0), ["dpo"] = Of(1 + gain, new(gain, low, low + 0.4), 2.5) }, null, new Dictionary<string, double> { ["dpo"] = 9 });
        File.WriteAllText(Path.Combine(folder, EvaluationResults.FileName), results.ToJson());
        return folder;
    }
}
