using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Tests;

namespace Alignment.Grpo.Tests;

public sealed partial class GrpoStageTests
{
    /// <summary>A function reward that an untrained policy earns now and then.</summary>
    private const string ByFunction = """
          grpo:
            kind: grpo
            model: ROOT/policy
            rewards: [ { kind: regex, name: vowel, pattern: "[aeiou]" } ]
            train: [ROOT/prompts.jsonl]
            data: { template: chatml, max_length: 64 }
            num_generations: 4
            rollout_batch_size: 32
            max_new_tokens: 6
            training: { max_steps: 25, batch_size: 32, learning_rate: 0.003, lr_schedule: constant }

        """;

    /// <summary>A reward model with everything that has a state or a branch of its own switched on.</summary>
    private const string ByModel = """
          grpo:
            kind: grpo
            model: ROOT/policy
            reward_model: ROOT/rm
            train: [ROOT/prompts.jsonl]
            eval: [ROOT/prompts.jsonl]
            data: { template: chatml, max_length: 64 }
            total_episodes: 84
            num_generations: 2
            rollout_batch_size: 12
            max_new_tokens: 5
            mini_batches: 2
            num_iterations: 2
            loss_type: grpo
            advantages: running_mean
            beta: 0.05
            reward_clip: 2
            missing_eos_penalty: 0.5
            filter_equal_rewards: true
            refill_rounds: 1
            averaging: { decay: 0.5, as_reference: true, as_model: true }
            training: { batch_size: 3, learning_rate: 0.003, eval_every: 2, save_every: 2, keep_best: eval_reward, log_every: 3 }

        """;

    [Fact]
    public void Run_FunctionReward_RaisesTheScore()
    {
        using var run = new TinyRun(ByFunction);
        run.Main().ShouldBe(0);

        var rows = StageProcess.MetricRows(run.At("grpo"));
        var first = rows.Take(3).Average(row => Number(row, "rewards/vowel/mean"));
        first.ShouldBeLessThan(0.6);
        rows.TakeLast(3).Average(row => Number(row, "reward")).ShouldBeGreaterThan(first + 0.3);
        Number(rows[^1], "episode").ShouldBe(25 * 32);
        rows.ShouldAllBe(row => Number(row, "sampling/sampling_logp_difference/mean") < 1e-4);
        ModelFolder.LoadCausalLm(run.At("grpo", "model")).Dispose();
        Directory.Exists(run.At("grpo", "value_model")).ShouldBeFalse();
    }

    [Fact]
    public void Run_KilledAtAnyMoment_EndsByteIdentical()
    {
        using var run = new TinyRun(ByModel);
        var (whole, text) = run.Start(run.At("whole"));
        whole.ShouldBe(0, text);

        // Checkpoints are at steps 2, 4, 6 and 7, evaluations too, lines of metrics at 3, 6 and 7: before the first, between and among them.
        var random = new Random(5);
        foreach (var lines in new[] { 0, 1, 3 })
        {
            var wait = Stopwatch.StartNew();
            var delay = random.Next(40);
            run.Start(run.At("killed"), () =>
            {
                var reached = StageProcess.LineCount(run.At("killed", "grpo")) >= lines && Directory.Exists(run.At("killed", "grpo", "tensorboard"));
                if (!reached)
                {
                    wait.Restart();
                }

                return reached && wait.ElapsedMilliseconds >= delay;
            }).ExitCode.ShouldBe(128 + StageProcess.Kill);
        }

        var (code, error) = run.Start(run.At("killed"));
        code.ShouldBe(0, error);
        error.ShouldContain("Resuming from");
        ShouldBeAlike(run, "model.safetensors");
    }

    [Fact]
    public void Run_LoraKilled_LeavesTheSameAdapterAndTheReferenceIsTheBase()
    {
        using var run = new TinyRun(ByFunction.Replace("num_generations: 4", "num_generations: 4\n    advantages: reinforce_plus_plus\n    beta: 0.1\n    kl_in_reward: true")
            .Replace("max_steps: 25, batch_size: 32", "max_steps: 5, save_every: 1, lora: { rank: 4 }, batch_size: 32"));
        var (whole, text) = run.Start(run.At("whole"));
        whole.ShouldBe(0, text);
        run.Start(run.At("killed"), () => StageProcess.LineCount(run.At("killed", "grpo")) >= 2).ExitCode.ShouldBe(128 + StageProcess.Kill);
        run.Start(run.At("killed")).ExitCode.ShouldBe(0);

        ShouldBeAlike(run, AdapterFolder.WeightsFile);
        var rows = StageProcess.MetricRows(run.At("whole", "grpo"));
        Number(rows[0], "kl").ShouldBe(0, 1e-9);
        Number(rows[^1], "kl").ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Run_KlAboveTheCeiling_StopsWithExitCode4()
    {
        using var run = new TinyRun(ByFunction.Replace("num_generations: 4", "num_generations: 4\n    beta: 0.01\n    kl_ceiling: 0.05").Replace("max_steps: 25", "max_steps: 25, save_every: 1"));
        var (code, error) = run.Start(run.Root);

        code.ShouldBe(4, error);
        error.ShouldContain("above kl_ceiling 0.05; no update was made with these responses. The run is stopped and this step is not saved; the last good checkpoint is ");
        error.ShouldContain("Raise beta, lower learning_rate, or raise kl_ceiling");
    }

    [Fact]
    public void Run_AllGroupsEqual_IsToldByItsGuards()
    {
        using var run = new TinyRun(ByFunction.Replace("[aeiou]", "x9").Replace("max_steps: 25", "max_steps: 4"));
        var (code, text) = run.Start(run.Root);

        code.ShouldBe(0, text);
        text.ShouldContain("Guard reward_variance: frac_reward_zero_std is 1 at step 3");
        text.ShouldContain("Guard zero_advantages: frac_zero_advantages is 1 at step 3");
        StageProcess.MetricRows(run.At("grpo")).ShouldAllBe(row => row.ContainsKey("completions/repetition"));
    }

    [Fact]
    public void Run_Conversations_AnswersTheLastTurn()
    {
        using var run = new TinyRun(ByFunction.Replace("max_steps: 25", "max_steps: 2"));
        run.WriteRows("prompts.jsonl", Enumerable.Range(0, 8).Select(i => new JsonObject
        {
            ["prompt"] = new JsonArray(
                Message("user", "red"), Message("assistant", "it"), Message("user", $"fish {i}")),
        }));
        run.Main().ShouldBe(0);
        Number(StageProcess.MetricRows(run.At("grpo"))[0], "sampling/sampling_logp_difference/mean").ShouldBeLessThan(1e-4);

        static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
    }

    [Fact]
    public void Run_MetricNames_AreDocumented()
    {
        using var run = new TinyRun(ByModel);
        run.Main(run.At("a")).ShouldBe(0);
        run.Pipeline(ByFunction.Replace("num_generations: 4", "num_generations: 4\n    loss_type: cispo\n    epsilon_high: 5").Replace("max_steps: 25", "max_steps: 4").Replace("max_new_tokens: 6", "max_new_tokens: 16"));
        run.Main(run.At("b")).ShouldBe(0);
        var written = new[] { "a", "b" }.SelectMany(name => StageProcess.MetricRows(run.At(name, "grpo"))).SelectMany(row => row.Select(pair => pair.Key)).Distinct()
            .Select(name => name.StartsWith("eval_", StringComparison.Ordinal) ? name[5..] : name)
            .Select(name => name.Replace("rewards/vowel", "rewards/NAME").Replace("rewards/reward_model", "rewards/NAME")).ToHashSet();
        var text = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "metrics.md"));
        written.Where(name => !text.Contains($"`{name}`")).ShouldBeEmpty();

        // and the other way round: whatever the section promises is written
        var section = text[text.IndexOf("\n## grpo", StringComparison.Ordinal)..].Split("\n## ")[1];
        var promised = Promised().Matches(section).SelectMany(match => match.Groups[1].Value.Split(',')).Select(name => name.Trim().Trim('`'));
        promised.Where(name => !written.Contains(name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("num_generations: 4", "num_generations: 5", "which num_generations 5 does not divide")]
    [InlineData("num_generations: 4", "num_generations: 1", "none to be compared with")]
    [InlineData("num_generations: 4", "num_generations: 4\n    mini_batches: 3", "which mini_batches 3 does not divide")]
    [InlineData("num_generations: 4", "num_generations: 4\n    loss_type: cispo", "ScaleRL takes 5")]
    [InlineData("num_generations: 4", "num_generations: 4\n    loss_type: reinforce\n    num_iterations: 2", "has no ratio")]
    [InlineData("num_generations: 4", "num_generations: 4\n    loss_type: gspo", "sapo")]
    [InlineData("num_generations: 4", "num_generations: 4\n    reference: ROOT/policy", "beta is 0, which uses none")]
    [InlineData("num_generations: 4", "num_generations: 4\n    refill_rounds: 2", "leaves nothing out")]
    [InlineData("num_generations: 4", "num_generations: 4\n    delta: 1.1", "clips what is not clipped yet")]
    [InlineData("num_generations: 4", "num_generations: 4\n    top_k: 5", "top_k is 5")]
    [InlineData("num_generations: 4", "num_generations: 4\n    averaging: { as_reference: true }", "needs a reference with weights of its own")]
    [InlineData("max_new_tokens: 6", "max_new_tokens: 60", "prompts.jsonl:1")]
    public void Run_BadOptions_SaysWhatAndLeavesNoModel(string good, string bad, string message)
    {
        using var run = new TinyRun(ByFunction.Replace(good, bad));
        var before = Console.Error;
        using var writer = new StringWriter();
        Console.SetError(writer);
        try
        {
            run.Main().ShouldBe(2);
        }
        finally
        {
            Console.SetError(before);
        }

        writer.ToString().ShouldContain(message);
        writer.ToString().ShouldNotContain("   at "); // no stack trace for a user's error
        Directory.Exists(run.At("grpo", "model")).ShouldBeFalse();
    }

    private static void ShouldBeAlike(TinyRun run, string weights)
    {
        byte[] Bytes(string name) => File.ReadAllBytes(run.At(name, "grpo", "model", weights));
        Bytes("killed").ShouldBe(Bytes("whole"));
        StageProcess.MetricLines(run.At("killed", "grpo")).ShouldBe(StageProcess.MetricLines(run.At("whole", "grpo")));
        File.ReadAllText(run.At("killed", "grpo", "results.json")).ShouldBe(File.ReadAllText(run.At("whole", "grpo", "results.json")));
    }

    private static double Number(JsonObject row, string name) => row[name]!.GetValue<double>();

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", ".."));

    [GeneratedRegex("^\\| (`[^|]+) \\|", RegexOptions.Multiline)]
    private static partial Regex Promised();
}
