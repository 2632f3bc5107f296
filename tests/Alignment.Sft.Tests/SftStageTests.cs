using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data.Tokenization;

namespace Alignment.Sft.Tests;

public sealed class SftStageTests
{
    private const string Shape = "{ hidden_size: 32, intermediate_size: 48, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2, max_position_embeddings: 128 }";

    private const string Base = $$"""
          base:
            kind: sft
            new_model: {{Shape}}
            tokenizer: ROOT/tokenizer
            train: [ROOT/text.jsonl]
            eval: [ROOT/text.jsonl]
            packing: wrapped
            data: { max_length: 32 }
            training: { max_steps: 30, batch_size: 4, learning_rate: 0.01, log_every: 5, eval_every: 10, save_every: 5 }

        """;

    private const string Tuned = """
          sft:
            kind: sft
            model: ROOT/base/model
            train: [ROOT/pairs.jsonl]
            data: { template: chatml, max_length: 128 }
            training: { epochs: 1, batch_size: 8, learning_rate: 0.003, log_every: 1, save_every: 2 }

        """;

    [Fact]
    public void Run_TextThenPairs_LearnsAndLeavesAModelFolder()
    {
        using var run = new TinyRun(Base + Tuned);
        run.Run("base").ExitCode.ShouldBe(0);
        var rows = MetricRows(run.At("base"));
        Loss(rows[^1], "eval_loss").ShouldBeLessThan(Loss(rows.First(row => row.ContainsKey("loss")), "loss") - 1);
        rows.Count(row => row.ContainsKey("loss")).ShouldBe(6);       // 30 steps, a line each 5
        rows.Count(row => row.ContainsKey("eval_loss")).ShouldBe(3);  // at 10, 20, 30

        run.Run("sft").ExitCode.ShouldBe(0);
        MetricRows(run.At("sft")).Count.ShouldBe(3); // 24 rows, 8 a step
        using var model = ModelFolder.LoadCausalLm(run.At("sft", "model"));
        var generation = JsonNode.Parse(File.ReadAllText(run.At("sft", "model", "generation_config.json")))!;
        generation["eos_token_id"]!.GetValue<int>().ShouldBe(3); // <|im_end|>
        foreach (var file in new[] { "tokenizer.json", "tokenizer_config.json" })
        {
            File.ReadAllBytes(run.At("sft", "model", file)).ShouldBe(File.ReadAllBytes(run.At("tokenizer", file)));
        }
    }

    [Fact]
    public void Run_KilledAtAnyMoment_EndsByteIdentical()
    {
        using var run = new TinyRun(Base);
        run.Run("base", runFolder: run.At("whole")).ExitCode.ShouldBe(0);
        var random = new Random(4);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            run.Run("base", TimeSpan.FromMilliseconds(600 + random.Next(1500)), run.At("killed"));
        }

        run.Run("base", runFolder: run.At("killed")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(run.At("killed", "base", "model", "model.safetensors"))
            .ShouldBe(File.ReadAllBytes(run.At("whole", "base", "model", "model.safetensors")));
        TinyRun.Metrics(run.At("killed", "base")).ShouldBe(TinyRun.Metrics(run.At("whole", "base")));
    }

    private const string Mixed = """
          mixed:
            kind: sft
            new_model: SHAPE
            tokenizer: ROOT/tokenizer
            mix:
              sources:
                - { files: [ROOT/text.jsonl], weight: 1 }
                - { files: [ROOT/pairs.jsonl], weight: 3, name: questions }
              stop: all_exhausted
            packing: bfd
            data: { max_length: 64 }
            training: { epochs: 1, batch_size: 2, learning_rate: 0.01, log_every: 1, save_every: 3 }

        """;

    [Fact]
    public void Run_PackedRowsOfSeveralSources_KilledAtAnyMoment_EndsByteIdentical()
    {
        using var run = new TinyRun(Mixed.Replace("SHAPE", Shape));
        run.Run("mixed", runFolder: run.At("whole")).ShouldSatisfyAllConditions(
            end => end.ExitCode.ShouldBe(0, end.Error), end => end.Error.ShouldContain("rows share"));
        var random = new Random(4);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            run.Run("mixed", TimeSpan.FromMilliseconds(600 + random.Next(1200)), run.At("killed"));
        }

        run.Run("mixed", runFolder: run.At("killed")).ExitCode.ShouldBe(0);
        File.ReadAllBytes(run.At("killed", "mixed", "model", "model.safetensors"))
            .ShouldBe(File.ReadAllBytes(run.At("whole", "mixed", "model", "model.safetensors")));
        TinyRun.Metrics(run.At("killed", "mixed")).ShouldBe(TinyRun.Metrics(run.At("whole", "mixed")));
        var rows = MetricRows(run.At("whole", "mixed"));
        rows.Average(row => Loss(row, "source/questions")).ShouldBe(0.75, 0.1);
        rows.ShouldAllBe(row => Math.Abs(Loss(row, "source/text") + Loss(row, "source/questions") - 1) < 1e-9);
        var counts = JsonNode.Parse(File.ReadAllText(run.At("whole", "mixed", "manifest.json")))!["counts"]!.AsObject();
        counts["train/rows"]!.GetValue<int>().ShouldBe(48);
        counts["train/examples"]!.GetValue<int>().ShouldBeLessThan(48);
        counts["train/epoch/questions"]!.GetValue<int>().ShouldBe(3 * counts["train/epoch/text"]!.GetValue<int>());
    }

    [Fact]
    public void Run_GroupsByLength_MatchTheStepsInEveryEpoch()
    {
        // 21 short and 21 long rows, four in a step: every other epoch begins in the middle of one.
        const string Grouped = """
              base:
                kind: sft
                new_model: SHAPE
                tokenizer: ROOT/tokenizer
                train: [ROOT/lengths.jsonl]
                data: { max_length: 64 }
                training: { epochs: 5, batch_size: 2, gradient_accumulation_steps: 2, group_by_length: GROUPS, learning_rate: 0.001, log_every: 1, save_every: 11 }

            """;
        using var run = new TinyRun(Grouped.Replace("SHAPE", Shape).Replace("GROUPS", "true"));
        run.WriteRows("lengths.jsonl", Enumerable.Range(0, 42).Select(i => new JsonObject { ["text"] = i % 2 == 0 ? "the sea" : "a blue fish swims in the sea and the old man eats bread and fish" }));
        run.Run("base", runFolder: run.At("whole")).ExitCode.ShouldBe(0);
        var steps = Tokens(run.At("whole", "base"));
        steps.Count.ShouldBe(53); // 210 rows
        steps.Count(tokens => tokens > steps.Min() && tokens < steps.Max()).ShouldBeLessThanOrEqualTo(5 + 4, "one step of each epoch, and those that two epochs share");

        File.WriteAllText(run.At("pipeline.yaml"), File.ReadAllText(run.At("pipeline.yaml")).Replace("group_by_length: true", "group_by_length: false"));
        run.Run("base", runFolder: run.At("shuffled")).ExitCode.ShouldBe(0);
        var shuffled = Tokens(run.At("shuffled", "base"));
        shuffled.Count(tokens => tokens > steps.Min() && tokens < steps.Max()).ShouldBeGreaterThan(35);
        shuffled.Sum().ShouldBe(steps.Sum(), 60); // the last step has two rows of a sixth epoch

        File.WriteAllText(run.At("pipeline.yaml"), File.ReadAllText(run.At("pipeline.yaml")).Replace("group_by_length: false", "group_by_length: true"));
        run.Run("base", runFolder: run.At("killed"), killWhen: () => File.Exists(run.At("killed", "base", "metrics.jsonl")) && File.ReadLines(run.At("killed", "base", "metrics.jsonl")).Count() > 25);
        run.Run("base", runFolder: run.At("killed")).Error.ShouldContain("Resuming from");
        TinyRun.Metrics(run.At("killed", "base")).ShouldBe(TinyRun.Metrics(run.At("whole", "base")));

        static List<double> Tokens(string stage)
        {
            double[] sums = [0, .. MetricRows(stage).Select(row => Loss(row, "num_tokens"))];
            return [.. sums.Skip(1).Zip(sums, (now, before) => now - before)];
        }
    }

    [Fact]
    public void Run_EvalFraction_HoldsWholePromptsOut()
    {
        using var run = new TinyRun(Base + Tuned.Replace("model: ROOT/base/model", $"new_model: {Shape}\n    tokenizer: ROOT/tokenizer\n    eval_fraction: 0.3"));
        var (code, error) = run.Run("sft");
        code.ShouldBe(0, error);
        var counts = JsonNode.Parse(File.ReadAllText(run.At("sft", "manifest.json")))!["counts"]!.AsObject();
        (counts["train/rows"]!.GetValue<int>(), counts["eval/rows"]!.GetValue<int>()).ShouldBe((18, 6)); // four prompts of six rows
        MetricRows(run.At("sft"))[^1].ContainsKey("eval_loss").ShouldBeTrue();
    }

    [Fact]
    public void Run_BadRow_IsToldBeforeTheModelIsLoaded()
    {
        using var run = new TinyRun(Base + Tuned);
        Directory.CreateDirectory(run.At("base", "model"));
        File.WriteAllText(run.At("base", "model", "config.json"), "no model");
        File.AppendAllText(run.At("pairs.jsonl"), "{\"prompt\": \"a\", \"completion\": \"\"}\n");
        var (code, error) = run.Run("sft");
        code.ShouldBe(2, error);
        error.ShouldContain("pairs.jsonl:25: column 'completion' is empty");
    }

    [Fact]
    public void Run_PackedRows_TrainLikeTheRowsOneByOne()
    {
        // All rows in every step, so that only the packing differs: 24 rows, or as many sequences as they fill.
        var rows = Base.Replace("packing: wrapped", "packing: none").Replace("max_length: 32", "max_length: 120").Replace("batch_size: 4", "batch_size: 24").Replace("max_steps: 30", "max_steps: 5");
        using var single = new TinyRun(rows);
        single.Run("base").ExitCode.ShouldBe(0);
        using var packed = new TinyRun(rows.Replace("packing: none", "packing: bfd").Replace("batch_size: 24", "batch_size: PACKED"));
        var count = Packed(single);
        File.WriteAllText(packed.At("pipeline.yaml"), File.ReadAllText(packed.At("pipeline.yaml")).Replace("PACKED", count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        packed.Run("base").ExitCode.ShouldBe(0);

        var (a, b) = (MetricRows(single.At("base")), MetricRows(packed.At("base")));
        Loss(b.Last(row => row.ContainsKey("loss")), "num_tokens").ShouldBe(Loss(a.Last(row => row.ContainsKey("loss")), "num_tokens"));
        Loss(b.Last(row => row.ContainsKey("loss")), "loss").ShouldBe(Loss(a.Last(row => row.ContainsKey("loss")), "loss"), 1e-4);
        Loss(b[^1], "eval_loss").ShouldBe(Loss(a[^1], "eval_loss"), 1e-4);
        count.ShouldBeInRange(2, 12);

        static int Packed(TinyRun run)
        {
            var sets = new Alignment.Data.Loading.DataSets(TextTokenizer.Load(run.At("tokenizer")), new() { MaxLength = 120, Cache = "" });
            return sets.Supervised([run.At("text.jsonl")], Alignment.Data.Collation.Packing.Bfd).Examples.Count;
        }
    }

    [Fact]
    public void Run_RefusedForItsData_LeavesTheOldModel()
    {
        using var run = new TinyRun(Base);
        run.Run("base").ExitCode.ShouldBe(0);
        var (weights, rows) = (File.ReadAllBytes(run.At("base", "model", "model.safetensors")), File.ReadAllBytes(run.At("text.jsonl")));

        File.AppendAllText(run.At("text.jsonl"), "{\"text\": 7}\n");
        run.Run("base").ExitCode.ShouldBe(2);

        File.ReadAllBytes(run.At("base", "model", "model.safetensors")).ShouldBe(weights);
        File.WriteAllBytes(run.At("text.jsonl"), rows);
        run.Run("base").ShouldSatisfyAllConditions(end => end.ExitCode.ShouldBe(0), end => end.Error.ShouldContain("is done: same options, seed and inputs"));
    }

    [Fact]
    public void Run_EightByOne_TrainsLikeOneByEight()
    {
        using var run = new TinyRun(Base.Replace("batch_size: 4", "batch_size: 8").Replace("max_steps: 30", "max_steps: 6"));
        run.Run("base", runFolder: run.At("whole")).ExitCode.ShouldBe(0);
        using var split = new TinyRun(Base.Replace("batch_size: 4", "batch_size: 1, gradient_accumulation_steps: 8").Replace("max_steps: 30", "max_steps: 6"));
        split.Run("base").ExitCode.ShouldBe(0);
        Loss(MetricRows(split.At("base"))[^1], "eval_loss").ShouldBe(Loss(MetricRows(run.At("whole", "base"))[^1], "eval_loss"), 1e-4);
    }

    [Fact]
    public void Run_MetricNames_AreDocumented()
    {
        using var run = new TinyRun(Base);
        run.Run("base").ExitCode.ShouldBe(0);
        var documented = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "metrics.md"));
        foreach (var name in MetricRows(run.At("base")).SelectMany(row => row.Select(pair => pair.Key)).Distinct())
        {
            documented.ShouldContain($"`{(name.StartsWith("eval_", StringComparison.Ordinal) ? name[5..] : name)}`");
        }
    }

    [Theory]
    [InlineData("train: [ROOT/text.jsonl]", "train: [ROOT/absent.jsonl]", 3, "absent.jsonl' , which does not exist")]
    [InlineData("packing: wrapped", "packnig: wrapped", 2, "packnig")]
    [InlineData("max_steps: 30", "max_steps: many", 2, "max_steps")]
    [InlineData("train: [ROOT/text.jsonl]", "mix: { sources: [{ files: [ROOT/text.jsonl] }] }", 2, "give at least two")]
    [InlineData("eval: [ROOT/text.jsonl]", "mix: { sources: [{ files: [ROOT/text.jsonl] }, { files: [ROOT/pairs.jsonl], weight: 2 }] }", 2, "give one to all or to none")]
    [InlineData("train: [ROOT/text.jsonl]", "", 2, "several sources in mix")]
    [InlineData("tokenizer: ROOT/tokenizer\n", "\n", 2, "a new model needs one")]
    [InlineData("max_length: 32", "max_length: 129", 2, "beyond new_model.max_position_embeddings 128")]
    public void Run_BadOptions_SaysWhatAndWhereAndLeavesNothing(string good, string bad, int exitCode, string message)
    {
        using var run = new TinyRun(Base.Replace(good, bad));
        var (code, error) = run.Run("base");
        code.ShouldBe(exitCode, error);
        error.ShouldContain(message.Replace(" ,", ","));
        error.ShouldNotContain("   at "); // no stack trace for a user's error
        Directory.Exists(run.At("base", "model")).ShouldBeFalse();
    }

    [Fact]
    public void Run_RowBeyondTheModelsContext_IsRefusedWhateverMaxLengthAllows()
    {
        using var run = new TinyRun(Base + Tuned.Replace("max_length: 128", "max_length: 1000"));
        run.Run("base").ExitCode.ShouldBe(0);
        run.WriteRows("pairs.jsonl", [new JsonObject { ["prompt"] = new string('z', 200), ["completion"] = "yes" }]); // the model's context is 128

        var (code, error) = run.Run("sft");

        code.ShouldBe(2, error);
        error.ShouldContain("pairs.jsonl:1: the row has");
        error.ShouldContain("max_length is 128");
        Directory.Exists(run.At("sft", "model")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(290)] // more tokens than the embedding has rows
    [InlineData(280)] // as many
    public void Run_TokenizerOfAnotherModel_IsRefused(int vocabularySize)
    {
        using var run = new TinyRun(Base + Tuned);
        run.Run("base").ExitCode.ShouldBe(0);
        TokenizerTraining.Run(["one two three four five six seven one two three four five six seven"], new() { VocabSize = vocabularySize, MinFrequency = 1 }, run.At("other"), default);
        File.Copy(run.At("other", "tokenizer.json"), run.At("base", "model", "tokenizer.json"), overwrite: true);

        var (code, error) = run.Run("sft");

        code.ShouldBe(2, error);
        error.ShouldContain("this is the tokenizer of another model");
        Directory.Exists(run.At("sft", "model")).ShouldBeFalse();
    }

    private static List<JsonObject> MetricRows(string folder) =>
        [.. File.ReadAllLines(Path.Combine(folder, "metrics.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    private static double Loss(JsonObject row, string name) => row[name]!.GetValue<double>();

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", ".."));
}
