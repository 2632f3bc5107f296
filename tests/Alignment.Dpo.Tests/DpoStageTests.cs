using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data.Tokenization;
using Alignment.Tests;
using static TorchSharp.torch;

namespace Alignment.Dpo.Tests;

public sealed class DpoStageTests
{
    private const string Options = """
            model: ROOT/policy
            train: [ROOT/train.jsonl]
            eval: [ROOT/eval.jsonl]
            data: { max_length: 48 }
            label_smoothing: 0.1
            sft_weight: 0.1
            training: { max_steps: 24, batch_size: 4, learning_rate: 0.003, log_every: 1, eval_every: 8, eval_on_start: true, save_every: 3 }

        """;

    [Fact]
    public void Run_Pairs_LearnsThemAndLeavesAModelFolder()
    {
        using var run = new TinyRun(Options);
        var (code, output) = run.Run();
        code.ShouldBe(0, output);

        // Before the first step the policy is its reference: ln 2 and the likelihood term.
        var rows = TinyRun.Rows(run.Stage);
        var first = rows.Single(row => row["step"]!.GetValue<int>() == 0);
        (Number(first, "eval_loss") - (0.1 * Number(first, "eval_nll_loss"))).ShouldBe(Math.Log(2), 1e-6);
        Number(first, "eval_rewards/margins").ShouldBe(0, 1e-6);
        Number(rows[^1], "eval_rewards/margins").ShouldBeGreaterThan(0.1);

        using var model = ModelFolder.LoadCausalLm(run.At("dpo", "model"));
        File.ReadAllBytes(run.At("dpo", "model", "tokenizer.json")).ShouldBe(File.ReadAllBytes(run.At("tokenizer", "tokenizer.json")));
        ModelFolder.StopIds(run.At("dpo", "model")).ShouldBe(ModelFolder.StopIds(run.At("policy")));
        var results = JsonNode.Parse(File.ReadAllText(run.At("dpo", "results.json")))!;
        results["evaluation"]!["eval_rewards/margins"]!.GetValue<double>().ShouldBe(Number(rows[^1], "eval_rewards/margins"));
        File.Exists(run.At("dpo", "report.html")).ShouldBeTrue();
        AssertDocumented(rows);
    }

    [Fact]
    public void Run_KilledAtAnyMoment_EndsByteIdentical()
    {
        using var run = new TinyRun(Options);
        run.Run(run.At("whole")).ExitCode.ShouldBe(0);
        var (folder, stage) = (run.At("killed"), run.At("killed", "dpo"));
        foreach (var lines in (int[])[2, 9, 17])
        {
            run.Stop(folder, lines).ShouldBe(128 + StageProcess.Kill);
        }

        var reference = File.GetLastWriteTimeUtc(Path.Combine(stage, ReferenceCache.FileName));
        run.Run(folder).ExitCode.ShouldBe(0);

        File.GetLastWriteTimeUtc(Path.Combine(stage, ReferenceCache.FileName)).ShouldBe(reference); // read once, by the first process
        AssertSameResult(run, stage);
    }

    [Fact]
    public void Run_Terminated_WritesACheckpointExits130AndGoesOn()
    {
        using var run = new TinyRun(Options);
        run.Run(run.At("whole")).ExitCode.ShouldBe(0);
        var (folder, stage) = (run.At("stopped"), run.At("stopped", "dpo"));
        run.Stop(folder, lines: 5, StageProcess.Terminate).ShouldBe(130);
        Directory.GetDirectories(Path.Combine(stage, "checkpoints")).ShouldNotBeEmpty();
        run.Run(folder).ExitCode.ShouldBe(0);
        AssertSameResult(run, stage);
    }

    [Fact]
    public void Run_OtherBeta_ReadsTheReferenceFromTheFileAndADamagedOneIsMadeAgain()
    {
        using var run = new TinyRun(Options);
        run.Run(null, "--set", "training.max_steps=1").ExitCode.ShouldBe(0);
        var path = Path.Combine(run.Stage, ReferenceCache.FileName);
        var good = File.ReadAllBytes(path);

        run.Run(null, "--set", "training.max_steps=1", "--set", "beta=0.5").Output.ShouldContain("Reference log-probs of 30 pairs read from");

        File.WriteAllBytes(path, good[..^16]);
        var (code, output) = run.Run(null, "--set", "training.max_steps=1", "--set", "beta=0.4");
        code.ShouldBe(0, output);
        output.ShouldContain("is damaged");
        File.ReadAllBytes(path).ShouldBe(good);
    }

    [Fact]
    public void Run_ReferenceNumbersThatAreNotThePolicys_RefusesToStart()
    {
        using var run = new TinyRun(Options);
        run.Run(null, "--set", "training.max_steps=1").ExitCode.ShouldBe(0);
        var weights = File.ReadAllBytes(run.At("dpo", "model", "model.safetensors"));
        var path = Path.Combine(run.Stage, ReferenceCache.FileName);
        Forge(path, new() { ["Train"] = 24, ["Eval"] = 6 });

        var (code, output) = run.Run(null, "--set", "training.max_steps=2");

        code.ShouldBe(2, output);
        output.ShouldContain("self test before step 1");
        File.ReadAllBytes(run.At("dpo", "model", "model.safetensors")).ShouldBe(weights); // the older result stays
    }

    [Fact]
    public void Run_AnotherReference_IsUsedWithoutTheSelfTest()
    {
        using var run = new TinyRun(Options + "    reference: ROOT/other\n");
        run.WriteModel("other", seed: 2, width: 32); // another model of the same tokenizer
        var (code, output) = run.Run(null, "--set", "training.max_steps=1");
        code.ShouldBe(0, output);
        var first = TinyRun.Rows(run.Stage)[0];
        Math.Abs(Number(first, "eval_rewards/chosen")).ShouldBeGreaterThan(1e-3);
    }

    [Theory]
    [InlineData("loss=hinge")]
    [InlineData("loss=ipo")]
    [InlineData("training.dtype=bf16")]
    [InlineData("loss=[sigmoid,bco_pair,sft]", "loss_weights=[0.8,0.2,1]")]
    [InlineData("f_divergence_type=js_divergence", "use_weighting=true", "ld_alpha=0.5")]
    [InlineData("margin=0.3", "use_margins=true")]
    public void Run_OtherFormOrPrecision_PassesTheSelfTestAndTrains(params string[] assignments)
    {
        using var run = new TinyRun(Options);
        var (code, output) = run.Run(null, [.. assignments.Append("training.max_steps=2").SelectMany(assignment => (string[])["--set", assignment])]);
        code.ShouldBe(0, output);
        Number(TinyRun.Rows(run.Stage).Single(row => row["step"]!.GetValue<int>() == 0), "eval_rewards/margins").ShouldBe(0, 1e-6);
    }

    [Theory]
    [InlineData("loss=[sft,odds_ratio]", "loss_weights=[1,0.1]")]
    [InlineData("loss=sigmoid_norm", "beta=2", "margin=0.5")]
    [InlineData("loss=sigmoid_norm", "beta=2", "margin=0.5", "alpha=0.25")]
    [InlineData("loss=[sigmoid,sft]")]
    [InlineData("loss=[hinge,sft]")]
    [InlineData("loss=[ipo,sft]", "beta=0.5")]
    public void Run_WithoutReference_LearnsThePairsAndReadsNoReference(params string[] assignments)
    {
        using var run = new TinyRun(Options);
        var (code, output) = run.Run(null, [.. assignments.Append("reference_free=true").Append("sft_weight=0").Append("label_smoothing=0").SelectMany(assignment => (string[])["--set", assignment])]);

        code.ShouldBe(0, output);
        File.Exists(Path.Combine(run.Stage, ReferenceCache.FileName)).ShouldBeFalse();
        var rows = TinyRun.Rows(run.Stage);
        Number(rows[^1], "eval_loss").ShouldBeLessThan(Number(rows.Single(row => row["step"]!.GetValue<int>() == 0), "eval_loss"));
        rows[^1].ContainsKey("eval_logps/chosen_delta_ref").ShouldBeFalse();
    }

    [Fact]
    public void Run_MovingReferenceKilledAtAnyMoment_EndsByteIdentical()
    {
        using var run = new TinyRun(Options + "    sync_ref_model: true\n    ref_model_sync_steps: 4\n");
        run.Run(run.At("whole")).ExitCode.ShouldBe(0);
        var (folder, stage) = (run.At("killed"), run.At("killed", "dpo"));
        foreach (var lines in (int[])[7, 17])
        {
            run.Stop(folder, lines).ShouldBe(128 + StageProcess.Kill);
        }

        run.Run(folder).ExitCode.ShouldBe(0);
        AssertSameResult(run, stage);

        // Every fourth step the reference takes 60 % of the policy: the margins fall back.
        var margins = TinyRun.Rows(stage).Where(row => row.ContainsKey("rewards/margins")).ToDictionary(row => row["step"]!.GetValue<int>(), row => Math.Abs(Number(row, "rewards/chosen")));
        margins[21].ShouldBeLessThan(margins[20]);
    }

    [Theory]
    [InlineData("kto", "kl")]
    [InlineData("bco", "delta")]
    [InlineData("bco\n    match_underlying_distribution: { prompt_sample_size: 16 }", "delta")]
    [InlineData("apo_zero_unpaired", "rewards/chosen")]
    public void Run_Unpaired_KilledAtAnyMoment_LearnsAndEndsByteIdentical(string loss, string metric)
    {
        using var run = new TinyRun(Options.Replace("    label_smoothing: 0.1\n    sft_weight: 0.1\n", $"    unpaired: {loss}\n"));
        run.WriteRows("train.jsonl", File.ReadAllLines(run.At("train.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).SelectMany(row => (JsonObject[])
        [
            new() { ["prompt"] = row["prompt"]!.GetValue<string>(), ["completion"] = row["chosen"]!.GetValue<string>(), ["label"] = true },
            new() { ["prompt"] = row["prompt"]!.GetValue<string>(), ["completion"] = row["rejected"]!.GetValue<string>(), ["label"] = 0 },
        ]));
        var (code, output) = run.Run(run.At("whole"));
        code.ShouldBe(0, output);
        var rows = TinyRun.Rows(run.At("whole", "dpo"));
        rows[^1].ContainsKey($"eval_{metric}").ShouldBeTrue();
        Number(rows[^1], "eval_rewards/margins").ShouldBeGreaterThan(0.05);

        var (folder, stage) = (run.At("killed"), run.At("killed", "dpo"));
        run.Stop(folder, 12).ShouldBe(128 + StageProcess.Kill);
        run.Run(folder).ExitCode.ShouldBe(0);
        AssertSameResult(run, stage);
    }

    [Fact]
    public void Run_UnpairedRowWithoutLabel_NamesIt()
    {
        using var run = new TinyRun(Options.Replace("    label_smoothing: 0.1\n    sft_weight: 0.1\n", "    unpaired: kto\n"));
        File.AppendAllText(run.At("train.jsonl"), """{"prompt": "a", "completion": " c"}""" + "\n");
        AssertRefused(run.Run(), run, 2, "train.jsonl:25: there is no column 'label'");
    }

    [Fact]
    public void Run_SortedLoss_LeavesTiesOutAndNamesOtherSoftLabels()
    {
        using var run = new TinyRun(Options);
        var (code, output) = run.Run(null, "--set", "loss=aot", "--set", "training.max_steps=1");
        code.ShouldBe(0, output);
        File.ReadAllText(Path.Combine(run.Stage, "manifest.json")).ShouldContain("\"train/ties\": 4");
        Directory.Delete(run.Stage, recursive: true);

        File.AppendAllText(run.At("train.jsonl"), """{"prompt": "a", "chosen": " c", "rejected": " b", "label": 0.8}""" + "\n");
        AssertRefused(run.Run(null, "--set", "loss=aot"), run, 2, "train.jsonl:25: label 0.8 is a soft label, which loss aot cannot take");
    }

    [Fact]
    public void Run_EightMicroBatchesOfOne_TrainLikeOneOfEight()
    {
        using var run = new TinyRun(Options);
        foreach (var (name, batch, accumulation) in ((string, int, int)[])[("one", 8, 1), ("eight", 1, 8)])
        {
            var (code, output) = run.Run(
                run.At(name), "--set", $"training.batch_size={batch}", "--set", $"training.gradient_accumulation_steps={accumulation}", "--set", "training.eval_batch_size=4", "--set", "training.max_steps=6");
            code.ShouldBe(0, output);
        }

        using var scope = NewDisposeScope();
        using var one = ModelFolder.LoadCausalLm(run.At("one", "dpo", "model"));
        using var eight = ModelFolder.LoadCausalLm(run.At("eight", "dpo", "model"));
        using var start = ModelFolder.LoadCausalLm(run.At("policy"));
        foreach (var ((a, b), s) in one.parameters().Zip(eight.parameters()).Zip(start.parameters()))
        {
            // Six steps of AdamW at 0.003 move every weight by up to 0.018; the two ways differ by rounding.
            (a - b).abs().max().item<float>().ShouldBeLessThan(2e-4f);
            (a - s).abs().max().item<float>().ShouldBeGreaterThan(5e-3f);
        }

        foreach (var (a, b) in TinyRun.Rows(run.At("one", "dpo")).Zip(TinyRun.Rows(run.At("eight", "dpo"))))
        {
            a.Select(pair => pair.Key).ShouldBe(b.Select(pair => pair.Key), ignoreOrder: true);
            foreach (var (name, value) in a.Where(pair => pair.Key is not "time" && !IsChance(pair.Key)))
            {
                b[name]!.GetValue<double>().ShouldBe(value!.GetValue<double>(), 2e-3, name);
            }

            // Before the first update all rewards are 0 but for rounding, which alone decides what of a pair is greater.
            bool IsChance(string name) => name.EndsWith("rewards/accuracies", StringComparison.Ordinal) && Math.Abs(a[name.Replace("accuracies", "margins", StringComparison.Ordinal)]!.GetValue<double>()) < 1e-6;
        }
    }

    [Theory]
    [InlineData("beta", "0", 2, "beta is 0; it must be above 0")]
    [InlineData("label_smoothing", "0.5", 2, "label_smoothing is 0.5")]
    [InlineData("sft_weight", "-1", 2, "sft_weight is -1")]
    [InlineData("betta", "1", 2, "beta")]
    [InlineData("loss", "exo_pair", 2, "needs label_smoothing", "label_smoothing=0")]
    [InlineData("loss_weights", "[1,2]", 2, "loss_weights has 2 numbers for 1 losses")]
    [InlineData("ld_alpha", "2", 2, "ld_alpha is 2")]
    [InlineData("margin", "1", 2, "loss nca_pair has no place for a margin", "loss=nca_pair")]
    [InlineData("sync_ref_model", "true", 2, "nothing to follow", "reference_free=true")]
    [InlineData("unpaired", "kto", 2, "label_smoothing has no place in an unpaired loss")]
    [InlineData("ref_model_sync_steps", "0", 2, "ref_model_sync_steps is 0", "sync_ref_model=true")]
    [InlineData("train", "[ROOT/absent.jsonl]", 3, "absent.jsonl")]
    [InlineData("model", "ROOT/absent", 3, "absent")]
    public void Run_BadOption_SaysWhatAndWhereAndLeavesNothing(string option, string value, int exitCode, string message, string with = "")
    {
        using var run = new TinyRun(Options);
        AssertRefused(run.Run(null, ["--set", $"{option}={value.Replace("ROOT", run.Root)}", .. with.Length == 0 ? (string[])[] : ["--set", with]]), run, exitCode, message);
    }

    [Theory]
    [InlineData("""{"prompt": "a", "chosen": " b", "rejected": " b"}""", "train.jsonl:2: 'chosen' and 'rejected' are equal")]
    [InlineData("""{"prompt": "a", "chosen": "", "rejected": " b"}""", "train.jsonl:2: column 'chosen' is empty")]
    [InlineData("""{"prompt": "a", "chosen": " c", "rejected": " b", "label": 2}""", "train.jsonl:2: 'label' is 2")]
    [InlineData("""{"prompt": "LONG", "chosen": " c", "rejected": " b"}""", "max_length is 48")]
    [InlineData("""{"prompt": "a", "chosen": " c" """, "train.jsonl:2")]
    public void Run_BadRow_NamesIt(string row, string message)
    {
        using var run = new TinyRun(Options.Replace("max_length: 48", "max_length: 1000")); // the model's context is 48
        var good = File.ReadLines(run.At("train.jsonl")).First();
        File.WriteAllLines(run.At("train.jsonl"), [good, row.Replace("LONG", new string('z', 60))]);
        AssertRefused(run.Run(), run, 2, message);
    }

    [Fact]
    public void Run_TokenizerOfAnotherModel_IsRefused()
    {
        using var run = new TinyRun(Options + "    reference: ROOT/other\n");
        TokenizerTraining.Run(["one two three one two three"], new() { VocabSize = 262, MinFrequency = 1 }, run.At("foreign"));
        run.WriteModel("other", seed: 1, tokenizer: "foreign");
        AssertRefused(run.Run(), run, 2, "has another tokenizer than model");

        File.Copy(run.At("tokenizer", "tokenizer.json"), run.At("other", "tokenizer.json"), overwrite: true);
        AssertRefused(run.Run(), run, 2, "has a vocabulary of 262");
    }

    private static void AssertRefused((int ExitCode, string Output) result, TinyRun run, int exitCode, string message)
    {
        result.ExitCode.ShouldBe(exitCode, result.Output);
        result.Output.ShouldContain(message);
        result.Output.ShouldNotContain("   at "); // no stack trace for a user's error
        Directory.Exists(run.At("dpo", "model")).ShouldBeFalse();
    }

    private static void AssertSameResult(TinyRun run, string stage)
    {
        var whole = run.At("whole", "dpo");
        File.ReadAllBytes(Path.Combine(stage, "model", "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(whole, "model", "model.safetensors")));
        TinyRun.Metrics(stage).ShouldBe(TinyRun.Metrics(whole));
        File.ReadAllText(Path.Combine(stage, "results.json")).ShouldBe(File.ReadAllText(Path.Combine(whole, "results.json")));
    }

    /// <summary>Every metric that the stage writes stands in docs/metrics.md, and every one that stands there under "dpo" is written.</summary>
    private static void AssertDocumented(List<JsonObject> rows)
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "metrics.md"));
        var sections = page.Split("\n## ");
        var text = sections.Single(section => section.StartsWith("Every trained stage", StringComparison.Ordinal)) + sections.Single(section => section.StartsWith("dpo\n", StringComparison.Ordinal));
        var documented = text.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[1].Split(',')).Select(name => name.Trim(' ', '`'));
        var written = rows.SelectMany(row => row.Select(pair => pair.Key)).Where(name => name is not ("step" or "time"))
            .Select(name => name.StartsWith("eval_", StringComparison.Ordinal) ? name[5..] : name);
        written.Distinct().Order(StringComparer.Ordinal).ShouldBe(documented.Order(StringComparer.Ordinal));
    }

    /// <summary>A file that is whole and of the right key, with other numbers.</summary>
    private static void Forge(string path, Dictionary<string, int> counts)
    {
        string key;
        using (var file = SafetensorsFile.Open(path))
        {
            key = file.Metadata["key"];
        }

        var cache = new ReferenceCache(path, key, new CollectedLog().Logger);
        var sets = cache.TryRead(counts)!.ToDictionary(set => set.Key, set => set.Value with { Chosen = [.. set.Value.Chosen.Select(value => value + 0.01)] });
        cache.Write(sets);
    }

    private static double Number(JsonObject row, string name) => row[name]!.GetValue<double>();

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", ".."));
}
