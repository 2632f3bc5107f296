using System.Text.Json.Nodes;
using Alignment.Data.Tokenization;

namespace Alignment.Evaluation.Tests;

public sealed class EvaluationStageTests
{
    private static readonly string[] Files = ["results.json", "samples.jsonl", "report.md", "report.html"];

    [Fact]
    public void Run_HandMadeModels_GivesTheNumbersThatFollow()
    {
        using var run = new TinyRun();

        var (code, text) = run.Run();

        code.ShouldBe(0, text);
        var results = run.Results();
        Keys(results).ShouldBe(["models", "reward_model", "seconds"]);
        var models = results["models"]!.AsObject();
        Keys(models).ShouldBe(["sft", "other", "copy"]);
        foreach (var model in models.Select(pair => pair.Value!.AsObject()))
        {
            Keys(model).ShouldBe(["gold_reward", "reward", "win_rate", "kl", "eos_rate", "held_out_accuracy", "length", "rewards", "gold_reward_vs_baseline"]);
            foreach (var name in (string[])["gold_reward", "reward", "win_rate", "kl", "held_out_accuracy", "gold_reward_vs_baseline"])
            {
                Keys(model[name]!.AsObject()).ShouldBe(["mean", "ci_low", "ci_high"]);
                (Number(model[name]!, "ci_low") <= Number(model[name]!, "mean")).ShouldBeTrue(name);
                (Number(model[name]!, "mean") <= Number(model[name]!, "ci_high")).ShouldBeTrue(name);
            }
        }

        // sft always says "a", which is right on three of four prompts: 2 · 3/4 for correct, 1 for short; "b" is right on one.
        Mean(models, "sft", "gold_reward").ShouldBe(2.5);
        Mean(models, "other", "gold_reward").ShouldBe(1.5);
        Mean(models, "other", "gold_reward_vs_baseline").ShouldBe(-1);
        Number(models["sft"]!["rewards"]!, "correct").ShouldBe(0.75);
        Number(models["other"]!["rewards"]!, "short").ShouldBe(1);
        Mean(models, "other", "win_rate").ShouldBe(0.25);
        Mean(models, "sft", "held_out_accuracy").ShouldBe(0.75);
        Mean(models, "other", "held_out_accuracy").ShouldBe(0.25);

        // "b" then stop: under itself a logit of 20 each, under sft 0 each, the normaliser being the same: log-ratio 20 + 20.
        Mean(models, "other", "kl").ShouldBe(2 * HandMade.Logit, 1e-3);
        Mean(models, "sft", "kl").ShouldBe(0);
        Number(models["sft"]!, "eos_rate").ShouldBe(1);
        Number(models["sft"]!, "length").ShouldBe(2);
        Mean(models, "sft", "reward").ShouldBeGreaterThan(Mean(models, "other", "reward"));

        // Decided pairs: two with "a" chosen are right, "b" chosen is wrong, label 0 with "a" rejected is right; the tie does not count.
        Keys(results["reward_model"]!.AsObject()).ShouldBe(["accuracy", "ece"]);
        Number(results["reward_model"]!["accuracy"]!, "mean").ShouldBe(0.75);
        Number(results["reward_model"]!, "ece").ShouldBeInRange(0, 1);

        // Of the stages beside it, the finished one.
        results["seconds"]!.ToJsonString().ShouldBe("""{"dpo":12.5}""");
    }

    [Fact]
    public void Run_SeveralRewardModels_ArePutTogetherAsAsked()
    {
        Dictionary<string, (double Sft, double Other, double Accuracy)> found = [];
        foreach (var (name, option) in ((string, string)[])
        [
            ("a", "[ROOT/reward]"), ("b", "[ROOT/reward-b]"), ("mean", "[ROOT/reward, ROOT/reward-b]"), ("min", "[ROOT/reward, ROOT/reward-b]\n    reward_aggregation: min\n    held_out_reward_model: [ROOT/reward-b, ROOT/reward]"),
        ])
        {
            using var run = new TinyRun(TinyRun.Whole.Replace("reward_model: ROOT/reward", "reward_model: " + option));
            HandMade.Liking("b", TextTokenizer.Load(run.At("tokenizer")), run.At("a"), run.At("reward-b"));
            var (code, text) = run.Run();
            code.ShouldBe(0, text);
            var models = run.Results()["models"]!.AsObject();
            found[name] = (Mean(models, "sft", "reward"), Mean(models, "other", "reward"), Number(run.Results()["reward_model"]!["accuracy"]!, "mean"));
            if (name == "min")
            {
                Mean(models, "sft", "held_out_reward").ShouldBe(Mean(models, "sft", "reward"), 1e-9); // the same two models, the same way
            }
        }

        // sft always says "a" and other "b", so that means over responses are those of one response.
        found["mean"].Sft.ShouldBe((found["a"].Sft + found["b"].Sft) / 2, 1e-6);
        found["min"].Sft.ShouldBe(Math.Min(found["a"].Sft, found["b"].Sft), 1e-6);
        found["min"].Other.ShouldBe(Math.Min(found["a"].Other, found["b"].Other), 1e-6);
        found["a"].Accuracy.ShouldBe(0.75);
        found["b"].Accuracy.ShouldBe(0.25);
    }

    [Fact]
    public void Run_EqualModels_WinHalfAndDoNotDiffer()
    {
        using var run = new TinyRun("""
                models: { one: ROOT/wild, two: ROOT/wild-copy, other: ROOT/wild2 }
                prompts: [ROOT/prompts.jsonl]
                rewards: [{ kind: regex, pattern: "[a-m]" }]
                data: { max_length: 48 }
                sampling: { max_new_tokens: 8 }
                samples: 3
                bootstrap: 200
            """);
        var tokenizer = TextTokenizer.Load(run.At("tokenizer"));
        HandMade.Random(1, tokenizer, run.At("wild"));
        HandMade.Random(1, tokenizer, run.At("wild-copy"));
        HandMade.Random(2, tokenizer, run.At("wild2"));

        var (code, text) = run.Run();

        code.ShouldBe(0, text);
        var models = run.Results()["models"]!.AsObject();
        models["two"]!["win_rate"]!.ToJsonString().ShouldBe("""{"mean":0.5,"ci_low":0.5,"ci_high":0.5}""");
        models["two"]!["kl"]!.ToJsonString().ShouldBe("""{"mean":0,"ci_low":0,"ci_high":0}""");
        models["two"]!["gold_reward_vs_baseline"]!.ToJsonString().ShouldBe("""{"mean":0,"ci_low":0,"ci_high":0}""");
        models["two"]!["gold_reward"]!.ToJsonString().ShouldBe(models["one"]!["gold_reward"]!.ToJsonString());
        Mean(models, "other", "kl").ShouldBeGreaterThan(0);
        Keys(run.Results()).ShouldBe(["models", "seconds"]); // neither reward model nor choices were asked for
        models["one"]!.AsObject().ContainsKey("reward").ShouldBeFalse();

        // 4 prompts, 3 models, 3 responses each; those to one prompt stand together, and differ from sample to sample.
        var samples = File.ReadAllLines(run.Output("samples.jsonl")).Select(line => JsonNode.Parse(line)!).ToList();
        samples.Count.ShouldBe(36);
        samples.Take(3).Select(sample => (string)sample["model"]!).ShouldBe(["one", "two", "other"]);
        samples[0]["row"]!.GetValue<string>().ShouldEndWith("prompts.jsonl:1");
        var first = samples.Where(sample => (string)sample["model"]! == "one").Take(3).Select(sample => (string)sample["response"]!).ToList();
        first.Distinct().Count().ShouldBe(3);
        Mean(models, "one", "gold_reward").ShouldBe(samples.Where(sample => (string)sample["model"]! == "one").Average(sample => (double)sample["gold_reward"]!), 1e-12);
    }

    [Fact]
    public void Run_KilledAtAnyMoment_EndsByteIdentical()
    {
        using var run = new TinyRun();
        run.Run().ExitCode.ShouldBe(0);
        Directory.CreateDirectory(run.At("killed"));
        Directory.Move(run.At("run", "dpo"), run.At("killed", "dpo")); // the seconds of stages beside it are in the results
        var random = new Random(4);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            run.Run(TimeSpan.FromMilliseconds(500 + random.Next(1200)), "killed");
        }

        var (code, text) = run.Run(run: "killed");

        code.ShouldBe(0, text);
        foreach (var file in Files)
        {
            File.ReadAllBytes(run.Output(file, "killed")).ShouldBe(File.ReadAllBytes(run.Output(file)), file);
        }
    }

    [Fact]
    public void Run_Again_IsDoneAndShowsTheTable()
    {
        using var run = new TinyRun();
        var (_, first) = run.Run();
        first.ShouldContain("gold reward");
        first.ShouldContain("against sft");
        first.ShouldNotContain("\e["); // no colours where no terminal is
        var written = File.GetLastWriteTimeUtc(run.Output("results.json"));

        var (code, text) = run.Run();

        code.ShouldBe(0);
        text.ShouldContain("is done");
        text.ShouldContain("gold reward");
        File.GetLastWriteTimeUtc(run.Output("results.json")).ShouldBe(written);
        Files.ShouldAllBe(file => File.Exists(run.Output(file)));
    }

    [Fact]
    public void Run_OneMoreModel_ComputesThatOneOnly()
    {
        using var run = new TinyRun();
        run.Run().ExitCode.ShouldBe(0);
        var before = Directory.GetFiles(run.Output("parts")).ToDictionary(path => path, File.GetLastWriteTimeUtc);
        var pipeline = File.ReadAllText(run.At("pipeline.yaml"));
        HandMade.Answering("c", TextTokenizer.Load(run.At("tokenizer")), run.At("c"));
        File.WriteAllText(run.At("pipeline.yaml"), pipeline.Replace("models: {", $"models: {{ new: {run.At("c")},"));

        run.Run().ExitCode.ShouldBe(0);

        var after = Directory.GetFiles(run.Output("parts"));
        after.Length.ShouldBe(before.Count + 5); // responses, two log-probs, choices, rewards
        before.ShouldAllBe(part => File.GetLastWriteTimeUtc(part.Key) == part.Value);
        Mean(run.Results()["models"]!.AsObject(), "new", "gold_reward").ShouldBe(1); // never right, always short
    }

    private static IEnumerable<string> Keys(JsonObject json) => json.Select(pair => pair.Key);

    private static double Number(JsonNode json, string name) => json[name]!.GetValue<double>();

    private static double Mean(JsonObject models, string model, string name) => Number(models[model]![name]!, "mean");
}
