using System.Text.Json.Nodes;
using Alignment.Training.Runs;

namespace Alignment.Training.Tests.Runs;

public class StageManifestTests
{
    [Fact]
    public void Save_ThenTryLoad_GivesTheSame()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("data.jsonl", "{}");
        var manifest = StageManifest.Begin("sft", "base", Options(0.1), 7, [input], new Dictionary<string, string> { ["torch"] = "1.13" }) with
        {
            Status = StageStatus.Done,
            Results = new Dictionary<string, string> { ["model/config.json"] = "00" },
            Counts = new Dictionary<string, long> { ["rows"] = 3 },
            Measures = new Dictionary<string, double> { ["accuracy"] = 0.1 + 0.2 },
            Seconds = 1.5,
        };

        manifest.Save(folder.Path);
        var loaded = StageManifest.TryLoad(folder.Path).ShouldNotBeNull();

        loaded.Options.ToJsonString().ShouldBe(manifest.Options.ToJsonString());
        loaded.Inputs.ShouldBe(manifest.Inputs);
        loaded.Results.ShouldBe(manifest.Results);
        loaded.Counts.ShouldBe(manifest.Counts);
        loaded.Measures.ShouldBe(manifest.Measures);
        loaded.Versions["torch"].ShouldBe("1.13");
        (loaded.Kind, loaded.Name, loaded.Status, loaded.Seed, loaded.Seconds, loaded.Fingerprint, loaded.OptionsHash, loaded.GitCommit)
            .ShouldBe((manifest.Kind, manifest.Name, manifest.Status, manifest.Seed, manifest.Seconds, manifest.Fingerprint, manifest.OptionsHash, manifest.GitCommit));
        JsonNode.Parse(File.ReadAllText(folder["manifest.json"]))!["options_hash"]!.GetValue<string>().ShouldBe(manifest.OptionsHash);
    }

    [Fact]
    public void Fingerprint_AnyPartChanged_Differs()
    {
        using var folder = new TemporaryFolder();
        var input = folder.Write("data.jsonl", "{}");
        string Fingerprint(string kind, double beta, long seed) => StageManifest.Begin(kind, "x", Options(beta), seed, [input]).Fingerprint;
        var first = Fingerprint("dpo", 0.1, 1);

        Fingerprint("dpo", 0.1, 1).ShouldBe(first);
        Fingerprint("ppo", 0.1, 1).ShouldNotBe(first);
        Fingerprint("dpo", 0.2, 1).ShouldNotBe(first);
        Fingerprint("dpo", 0.1, 2).ShouldNotBe(first);
        folder.Write("data.jsonl", "{ }");
        Fingerprint("dpo", 0.1, 1).ShouldNotBe(first);
    }

    [Fact]
    public void BrokenResults_ChangedAndMissing_AreNamed()
    {
        using var folder = new TemporaryFolder();
        var hash = ContentHash.OfFile(folder.Write("a", "1"));
        folder.Write("b", "2");
        var manifest = StageManifest.Begin("sft", "x", [], 1, []) with
        {
            Results = new Dictionary<string, string> { ["a"] = hash, ["b"] = hash, ["c"] = hash },
        };

        manifest.BrokenResults(folder.Path).ShouldBe(["b", "c"]);
    }

    [Fact]
    public void TryLoad_NoFileOrNoManifest_NullOrTold()
    {
        using var folder = new TemporaryFolder();
        StageManifest.TryLoad(folder.Path).ShouldBeNull();

        folder.Write("manifest.json", "{\"kind\": 3");

        Should.Throw<InvalidDataException>(() => StageManifest.TryLoad(folder.Path)).Message.ShouldContain(folder["manifest.json"]);
    }

    private static JsonObject Options(double beta) => new() { ["beta"] = beta, ["name"] = "é" };
}
