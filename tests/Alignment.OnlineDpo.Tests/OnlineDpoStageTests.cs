using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Tests;
using static TorchSharp.torch;

namespace Alignment.OnlineDpo.Tests;

public sealed class OnlineDpoStageTests
{
    /// <summary>A function reward that an untrained policy earns now and then.</summary>
    private const string ByFunction = """
            rewards: [ { kind: regex, name: vowel, pattern: "[aeiou]" } ]
            rollout_batch_size: 32
            max_new_tokens: 6
            temperature: 1.0
            training: { max_steps: 40, batch_size: 16, learning_rate: 0.003, lr_schedule: constant }

        """;

    private const string ByModel = """
            reward_model: ROOT/rm
            eval: [ROOT/prompts.jsonl]
            total_episodes: 56
            rollout_batch_size: 8
            max_new_tokens: 5
            missing_eos_penalty: 0.5
            training: { batch_size: 3, learning_rate: 0.003, eval_every: 2, save_every: 2, keep_best: eval_objective/scores, load_best: true, log_every: 3 }

        """;

    [Theory]
    [InlineData]
    [InlineData("num_generations=4")]
    [InlineData("method=xpo")]
    public void Run_FunctionReward_RaisesTheScore(params string[] assignments)
    {
        using var run = new TinyRun(ByFunction);
        run.Main(run.Root, assignments).ShouldBe(0);

        var rows = StageProcess.MetricRows(TinyRun.Stage(run.Root));
        var first = rows.Take(3).Average(row => Number(row, "objective/scores"));
        var last = rows.TakeLast(3).Average(row => Number(row, "objective/scores"));
        first.ShouldBeLessThan(0.6);
        last.ShouldBeGreaterThan(first + 0.2);
        Number(rows[0], "objective/kl").ShouldBe(0, 1e-3);
        Number(rows[0], "rewards/margins").ShouldBe(0, 1e-4);
        Number(rows[^1], "objective/kl").ShouldBeGreaterThan(0.05);
        rows[^1]["episode"]!.GetValue<double>().ShouldBe(40 * 32);
        rows.ShouldAllBe(row => Number(row, "val/sampling_logp_difference") < 1e-4);
    }

    [Theory]
    [InlineData("method=online_dpo")]
    [InlineData("method=xpo")]
    public void Run_Conversations_AnswersTheLastTurn(string method)
    {
        using var run = new TinyRun(ByFunction);
        run.WriteRows("prompts.jsonl", Enumerable.Range(0, 8).Select(i => new JsonObject
        {
            ["prompt"] = new JsonArray(Message("user", "red"), Message("assistant", "it"), Message("user", $"fish {i}")),
        }));
        run.Main(run.Root, method, "training.max_steps=2").ShouldBe(0);
        StageProcess.MetricRows(TinyRun.Stage(run.Root)).ShouldAllBe(row => Number(row, "val/sampling_logp_difference") < 1e-4);

        static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
    }

    [Fact]
    public void Run_FirstStep_HasTheKnownLoss()
    {
        using var run = new TinyRun(ByModel);
        foreach (var (name, expected, assignments) in ((string, double, string[])[])
        [
            ("sigmoid", Math.Log(2), ["beta=0.3"]), ("ipo", 25, ["loss=ipo"]), // 1 / (4 · 0.1²)
        ])
        {
            run.Main(run.At(name), [.. assignments, "total_episodes=8", "training.log_every=1", "training.load_best=false"]).ShouldBe(0);
            Number(StageProcess.MetricRows(TinyRun.Stage(run.At(name)))[0], "loss").ShouldBe(expected, expected * 1e-4);
        }

        // XPO: ln 2 and α · log π of the reference's responses.
        run.Main(run.At("xpo"), "method=xpo", "alpha=0.01", "total_episodes=8", "training.log_every=1", "training.load_best=false").ShouldBe(0);
        var row = StageProcess.MetricRows(TinyRun.Stage(run.At("xpo")))[0];
        Number(row, "loss/dpo").ShouldBe(Math.Log(2), 1e-4);
        Number(row, "loss/xpo").ShouldBeLessThan(-0.1);
        Number(row, "loss").ShouldBe(Number(row, "loss/dpo") + Number(row, "loss/xpo"), 1e-6);
    }

    [Fact]
    public void Run_WithAnAverage_WritesIt()
    {
        using var run = new TinyRun(ByFunction);
        byte[] Weights(string name, params string[] assignments)
        {
            run.Main(run.At(name), ["training.max_steps=3", .. assignments]).ShouldBe(0);
            return File.ReadAllBytes(Path.Combine(TinyRun.Stage(run.At(name)), "model", "model.safetensors"));
        }

        // θ̄ ← d·θ̄ + (1 − d)·θ: with d = 0 the average is the last policy, with d = ½ it is not.
        var last = Weights("last");
        Weights("nothing-stays", "averaging.decay=0").ShouldBe(last);
        Weights("half-stays", "averaging.decay=0.5").ShouldNotBe(last);
    }

    [Theory]
    [InlineData]
    [InlineData("method=xpo", "alpha=0.01")]
    [InlineData("averaging.decay=0.5", "averaging.as_reference=true")]
    public void Run_KilledAtAnyMoment_EndsByteIdentical(params string[] assignments)
    {
        using var run = new TinyRun(ByModel);
        run.Main(run.At("whole"), assignments).ShouldBe(0);
        var (folder, stage) = (run.At("killed"), TinyRun.Stage(run.At("killed")));
        foreach (var lines in (int[])[1, 3])
        {
            run.Start(folder, StageProcess.Kill, () => StageProcess.LineCount(stage) >= lines, assignments).ExitCode.ShouldBe(128 + StageProcess.Kill);
        }

        var (code, text) = run.Start(folder, assignments: assignments);
        code.ShouldBe(0, text);
        text.ShouldContain("Resuming from");
        ShouldBeAlike(stage, TinyRun.Stage(run.At("whole")));
    }

    [Fact]
    public void Run_Terminated_WritesACheckpointAndGoesOnByteIdentical()
    {
        using var run = new TinyRun(ByModel.Replace("total_episodes: 56", "total_episodes: 240").Replace("save_every: 2", "save_every: 100"));
        run.Main(run.At("whole")).ShouldBe(0);
        var (folder, stage) = (run.At("ended"), TinyRun.Stage(run.At("ended")));
        var (code, text) = run.Start(folder, StageProcess.Terminate, () => StageProcess.LineCount(stage) > 0);
        code.ShouldBe(130, text);
        Directory.EnumerateDirectories(Path.Combine(stage, "checkpoints")).ShouldNotBeEmpty();

        run.Start(folder).ExitCode.ShouldBe(0);
        ShouldBeAlike(stage, TinyRun.Stage(run.At("whole")));
    }

    [Fact]
    public void Run_FourPairsAtOnceOrOne_TrainAlike()
    {
        using var run = new TinyRun(ByModel);
        run.Main(run.At("one"), "training.batch_size=1", "training.load_best=false").ShouldBe(0);
        run.Main(run.At("four"), "training.batch_size=4", "training.load_best=false").ShouldBe(0);

        using var scope = NewDisposeScope();
        using var one = ModelFolder.LoadCausalLm(Path.Combine(TinyRun.Stage(run.At("one")), "model"));
        using var four = ModelFolder.LoadCausalLm(Path.Combine(TinyRun.Stage(run.At("four")), "model"));
        using var start = ModelFolder.LoadCausalLm(run.At("policy"));
        foreach (var ((a, b), s) in one.parameters().Zip(four.parameters()).Zip(start.parameters()))
        {
            (a - b).abs().max().item<float>().ShouldBeLessThan(3e-4f);
            (a - s).abs().max().item<float>().ShouldBeGreaterThan(1e-3f);
        }
    }

    [Theory]
    [InlineData("training.dtype=bf16")]
    [InlineData("training.lora={ rank: 4 }")]
    [InlineData("training.lora={ rank: 4 }", "method=xpo")]
    [InlineData("reference=ROOT/other")]
    public void Run_OtherPrecisionAdapterOrReference_Trains(params string[] assignments)
    {
        using var run = new TinyRun(ByModel);
        run.WriteModels("tokenizer", "other", "rm2");
        run.Main(run.Root, [.. assignments.Select(assignment => assignment.Replace("ROOT", run.Root)), "total_episodes=24", "training.log_every=1"]).ShouldBe(0);

        var folder = Path.Combine(TinyRun.Stage(run.Root), "model");
        File.Exists(Path.Combine(folder, LoraConfig.FileName)).ShouldBe(assignments[0].Contains("lora"));
        using var model = ModelFolder.LoadCausalLm(folder);
        Number(StageProcess.MetricRows(TinyRun.Stage(run.Root)).First(row => row.ContainsKey("objective/kl")), "objective/kl").ShouldBe(0, 0.05);
    }

    [Fact]
    public void Run_MetricNames_AreDocumented()
    {
        using var run = new TinyRun(ByModel);
        run.Main(run.Root, "method=xpo").ShouldBe(0);
        var written = StageProcess.MetricRows(TinyRun.Stage(run.Root)).SelectMany(row => row.Select(pair => pair.Key)).Distinct()
            .Where(name => name is not "step").Select(name => name.StartsWith("eval_", StringComparison.Ordinal) ? name["eval_".Length..] : name).ToHashSet();
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "metrics.md"));
        var section = page[page.IndexOf("\n## online-dpo", StringComparison.Ordinal)..];
        var documented = (page[..page.IndexOf("\n## sft", StringComparison.Ordinal)] + section[..section.IndexOf("\n## ", 4, StringComparison.Ordinal)]).Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => line.Split('|')[1].Split(',')).Select(name => name.Trim(' ', '`')).ToHashSet();
        written.Except(documented).ShouldBeEmpty();
        documented.Except(written).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(2, "num_generations is 1; it must be at least 2", "num_generations=1")]
    [InlineData(2, "rollout_batch_size is 8, which num_generations 3 does not divide", "num_generations=3")]
    [InlineData(2, "xpo compares one response of the policy with one of the reference", "num_generations=4", "method=xpo")]
    [InlineData(2, "loss is hinge; online-dpo takes sigmoid or ipo", "loss=hinge")]
    [InlineData(2, "beta is 0; it must be above 0", "beta=0")]
    [InlineData(2, "alpha is -1; it must be at least 0", "alpha=-1")]
    [InlineData(2, "top_p is 0.9; leave it out", "top_p=0.9")]
    [InlineData(2, "training.gradient_accumulation_steps is 2; leave it out", "training.gradient_accumulation_steps=2")]
    [InlineData(2, "give one of them, got none", "reward_model=[]")]
    [InlineData(2, "total_episodes is given beside training.max_steps", "training.max_steps=5")]
    [InlineData(2, "with training.lora the reference is the policy with its adapter off", "averaging.as_reference=true", "training.lora.rank=2")]
    [InlineData(2, "holds a LlamaForCausalLM, which scores nothing", "reward_model=ROOT/policy")]
    [InlineData(3, "absent", "reward_model=ROOT/absent")]
    public void Run_WrongInput_SaysWhatAndExitsWithItsCode(int code, string message, params string[] assignments)
    {
        using var run = new TinyRun(ByModel);
        var error = Console.Error;
        using var text = new StringWriter();
        Console.SetError(text);
        try
        {
            run.Main(run.Root, [.. assignments.Select(assignment => assignment.Replace("ROOT", run.Root))]).ShouldBe(code, text.ToString());
        }
        finally
        {
            Console.SetError(error);
        }

        text.ToString().ShouldContain(message);
        Directory.Exists(Path.Combine(TinyRun.Stage(run.Root), "model")).ShouldBeFalse();
    }

    private static void ShouldBeAlike(string stage, string whole)
    {
        File.ReadAllBytes(Path.Combine(stage, "model", "model.safetensors")).ShouldBe(File.ReadAllBytes(Path.Combine(whole, "model", "model.safetensors")));
        StageProcess.MetricLines(stage).ShouldBe(StageProcess.MetricLines(whole));
        File.ReadAllText(Path.Combine(stage, "results.json")).ShouldBe(File.ReadAllText(Path.Combine(whole, "results.json")));
    }

    private static double Number(JsonObject row, string name) => row[name]!.GetValue<double>();

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", ".."));
}
