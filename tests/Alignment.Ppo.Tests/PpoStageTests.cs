using System.Diagnostics;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Data.Tokenization;
using Alignment.Tests;
using TorchSharp;

namespace Alignment.Ppo.Tests;

public sealed class PpoStageTests
{
    /// <summary>A function reward that an untrained policy earns now and then.</summary>
    private const string ByFunction = """
          ppo:
            kind: ppo
            model: ROOT/policy
            rewards: [ { kind: regex, name: vowel, pattern: "[aeiou]" } ]
            train: [ROOT/prompts.jsonl]
            data: { template: chatml, max_length: 64 }
            rollout_batch_size: 32
            max_new_tokens: 6
            temperature: 1.0
            ppo_epochs: 2
            mini_batches: 2
            training: { max_steps: 25, batch_size: 16, learning_rate: 0.003, lr_schedule: constant }

        """;

    /// <summary>A reward model with everything that has a state or a group of its own switched on.</summary>
    private const string ByModel = """
          ppo:
            kind: ppo
            model: ROOT/policy
            reward_model: ROOT/rm
            train: [ROOT/prompts.jsonl]
            eval: [ROOT/prompts.jsonl]
            data: { template: chatml, max_length: 64 }
            total_episodes: 56
            rollout_batch_size: 8
            max_new_tokens: 5
            mini_batches: 2
            ppo_epochs: 2
            kl_estimator: k3
            adaptive_kl: { target: 0.5, horizon: 100 }
            whiten_rewards: true
            reward_clip: 2
            missing_eos_penalty: 0.5
            score_placement: after_last_token
            pretraining: { train: [ROOT/texts.jsonl], data: { max_length: 64 }, batch_size: 3 }
            training: { batch_size: 3, learning_rate: 0.003, value_learning_rate: 0.01, eval_every: 2, save_every: 2, keep_best: eval_objective/scores, log_every: 3 }

        """;

    [Fact]
    public void Run_FunctionReward_RaisesTheScore()
    {
        using var run = new TinyRun(ByFunction);
        run.Main(run.Root).ShouldBe(0);

        var rows = StageProcess.MetricRows(run.At("ppo"));
        var first = rows.Take(3).Average(row => Number(row, "objective/scores"));
        var last = rows.TakeLast(3).Average(row => Number(row, "objective/scores"));
        first.ShouldBeLessThan(0.6);
        last.ShouldBeGreaterThan(first + 0.3);
        rows[^1]["episode"]!.GetValue<double>().ShouldBe(25 * 32);
        foreach (var row in rows)
        {
            Number(row, "val/sampling_logp_difference").ShouldBeLessThan(1e-4);
        }
    }

    [Fact]
    public void Run_RewardModelWithEveryOption_LeavesPolicyAndValueModel()
    {
        using var run = new TinyRun(ByModel);
        run.Main(run.Root).ShouldBe(0);

        using var policy = ModelFolder.LoadCausalLm(run.At("ppo", "model"));
        using var value = ModelFolder.LoadScalarHead(run.At("ppo", "value_model"));
        (value.RewardMean, value.RewardStd).ShouldBe((0.1, 0.5)); // the value speaks in the reward model's units
        TextTokenizer.Load(run.At("ppo", "model")).Fingerprint.ShouldBe(TextTokenizer.Load(run.At("policy")).Fingerprint);
        ModelFolder.StopIds(run.At("ppo", "model")).ShouldBe([3]); // <|im_end|>
        var results = JsonNode.Parse(File.ReadAllText(run.At("ppo", "results.json")))!;
        results["episodes"]!.GetValue<long>().ShouldBe(56);
        results["eval_objective/scores"]!.GetValue<double>().ShouldBeInRange(-2.5, 2);
        results["kl_coef"]!.GetValue<double>().ShouldNotBe(0.05); // the controller moved
        File.Exists(run.At("ppo", "report.html")).ShouldBeTrue();
    }

    [Fact]
    public void Run_PolicyFrozen_TrainsTheValueModelOnly()
    {
        using var run = new TinyRun(ByFunction);
        run.Main(run.Root, "--set", "training.max_steps=2", "--set", "policy_freeze_steps=2").ShouldBe(0);

        using var before = ModelFolder.LoadCausalLm(run.At("policy"));
        using var after = ModelFolder.LoadCausalLm(run.At("ppo", "model"));
        after.named_parameters().Zip(before.named_parameters()).ShouldAllBe(pair => (pair.First.parameter - pair.Second.parameter).abs().max().ToDouble() == 0);
        StageProcess.MetricRows(run.At("ppo")).ShouldAllBe(row => Number(row, "value_grad_norm") > 0);
    }

    [Fact]
    public void Run_TargetKlReachedByTheFirstUpdate_MakesNoOther()
    {
        using var run = new TinyRun(ByFunction);
        string[] both = ["--set", "training.max_steps=2", "--set", "mini_batches=1"];
        run.Main(run.At("once"), [.. both, "--set", "ppo_epochs=1"]).ShouldBe(0);
        run.Main(run.At("stopped"), [.. both, "--set", "ppo_epochs=4", "--set", "target_kl=1e-10"]).ShouldBe(0);
        run.Main(run.At("four"), [.. both, "--set", "ppo_epochs=4"]).ShouldBe(0);

        var once = TinyRun.Weights(run.At("once", "ppo"));
        TinyRun.Weights(run.At("stopped", "ppo")).ShouldBe(once);
        TinyRun.Weights(run.At("four", "ppo")).ShouldNotBe(once);
    }

    [Fact]
    public void Run_KilledAtAnyMoment_EndsByteIdentical()
    {
        using var run = new TinyRun(ByModel);
        run.Start(run.At("whole")).ExitCode.ShouldBe(0);

        // Checkpoints are at steps 2, 4, 6 and 7, evaluations too, lines of metrics at 3, 6 and 7: before the first, between and among them.
        var random = new Random(5);
        foreach (var lines in new[] { 0, 1, 2, 4 })
        {
            var wait = Stopwatch.StartNew();
            var delay = random.Next(40);
            var (killed, _) = run.Start(run.At("killed"), StageProcess.Kill, () =>
            {
                var reached = StageProcess.LineCount(run.At("killed", "ppo")) >= lines && Directory.Exists(run.At("killed", "ppo", "tensorboard"));
                if (!reached)
                {
                    wait.Restart();
                }

                return reached && wait.ElapsedMilliseconds >= delay;
            });
            killed.ShouldBe(128 + StageProcess.Kill);
        }

        var (code, error) = run.Start(run.At("killed"));
        code.ShouldBe(0, error);
        error.ShouldContain("Resuming from");
        ShouldBeAlike(run.At("killed", "ppo"), run.At("whole", "ppo"));
    }

    [Fact]
    public void Run_Terminated_WritesACheckpointAndGoesOnByteIdentical()
    {
        using var run = new TinyRun(ByModel.Replace("total_episodes: 56", "total_episodes: 120").Replace("save_every: 2", "save_every: 100"));
        run.Start(run.At("whole")).ExitCode.ShouldBe(0);

        var (code, error) = run.Start(run.At("ended"), StageProcess.Terminate, () => StageProcess.LineCount(run.At("ended", "ppo")) > 0);
        code.ShouldBe(130, error);
        error.ShouldContain("a checkpoint is written");
        Directory.EnumerateDirectories(run.At("ended", "ppo", "checkpoints")).ShouldNotBeEmpty();

        run.Start(run.At("ended")).ExitCode.ShouldBe(0);
        ShouldBeAlike(run.At("ended", "ppo"), run.At("whole", "ppo"));
    }

    [Fact]
    public void Run_MetricNames_AreDocumented()
    {
        using var run = new TinyRun(ByModel);
        run.Main(run.Root).ShouldBe(0);
        var written = StageProcess.MetricRows(run.At("ppo")).SelectMany(row => row.Select(pair => pair.Key)).Distinct()
            .Select(name => name.StartsWith("eval_", StringComparison.Ordinal) ? name[5..] : name).ToHashSet();
        var text = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "metrics.md"));
        written.Where(name => !text.Contains($"`{name}`")).ShouldBeEmpty();

        // and the other way round: whatever the section promises is written
        var section = text[text.IndexOf("\n## ppo", StringComparison.Ordinal)..].Split("\n## ")[1];
        var promised = System.Text.RegularExpressions.Regex.Matches(section, "^\\| (`[^|]+) \\|", System.Text.RegularExpressions.RegexOptions.Multiline)
            .SelectMany(match => match.Groups[1].Value.Split(',')).Select(name => name.Trim().Trim('`'));
        promised.Where(name => !written.Contains(name)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("reward_model: ROOT/rm", "reward_model: ROOT/absent", 3, "absent")]
    [InlineData("reward_model: ROOT/rm", "", 2, "reward_model, rewards, reward_command and reward_url: give one of them, got none")]
    [InlineData("reward_model: ROOT/rm", "reward_model: ROOT/policy", 2, "which scores nothing")]
    [InlineData("mini_batches: 2", "mini_batches: 3", 2, "which mini_batches 3 does not divide")]
    [InlineData("max_new_tokens: 5", "max_new_tokens: 5\n    top_p: 0.9", 2, "top_p is 0.9")]
    [InlineData("max_new_tokens: 5", "max_new_tokens: 5\n    temperature: 0", 2, "temperature is 0")]
    [InlineData("max_new_tokens: 5", "max_new_tokens: 60", 2, "prompts.jsonl:1")]
    [InlineData("max_length: 64", "max_length: 128", 2, "context of 64 tokens", "max_new_tokens: 5", "max_new_tokens: 60")]
    [InlineData("kl_estimator: k3", "kl_estimator: k4", 2, "k4")]
    [InlineData("template: chatml, max_length: 64 }\n    total", "template: chatml, max_lenght: 64 }\n    total", 2, "max_lenght")]
    [InlineData("eval_objective/scores", "eval_objective/score", 2, "choose one of")]
    public void Run_BadInput_SaysWhatAndWhereAndLeavesNoModel(string good, string bad, int exitCode, string message, string good2 = "", string bad2 = "")
    {
        var pipeline = ByModel.Replace(good, bad);
        using var run = new TinyRun(good2.Length > 0 ? pipeline.Replace(good2, bad2) : pipeline);
        var error = Errors(() => run.Main(run.Root).ShouldBe(exitCode));
        error.ShouldContain(message);
        error.ShouldNotContain("   at "); // no stack trace for a user's error
        Directory.Exists(run.At("ppo", "model")).ShouldBeFalse();
    }

    [Fact]
    public void Run_RewardModelOfAnotherTokenizer_IsRefused()
    {
        using var run = new TinyRun(ByModel);
        run.WriteTokenizer("other", 280, ["one two three four five six seven eight nine ten one two three four five six"]);
        run.WriteModels("other", "other-policy", "rm");

        var error = Errors(() => run.Main(run.Root).ShouldBe(2));

        error.ShouldContain("is not the policy's");
        error.ShouldContain("reward_model");
    }

    [Fact]
    public void Run_TokenizerOfAnotherModel_IsRefused()
    {
        using var run = new TinyRun(ByFunction);
        run.WriteTokenizer("other", 300, ["one two three four five six seven eight nine ten one two three four five six eleven twelve"]);
        File.Copy(run.At("other", "tokenizer.json"), run.At("policy", "tokenizer.json"), overwrite: true);

        Errors(() => run.Main(run.Root).ShouldBe(2)).ShouldContain("this is the tokenizer of another model");
    }

    [Fact]
    public void Run_KlAboveTheCeiling_StopsWithAMessage()
    {
        using var run = new TinyRun(ByFunction.Replace("max_new_tokens: 6", "max_new_tokens: 6\n    kl_ceiling: 0.05"));
        var error = Errors(() => run.Main(run.Root, "--set", "training.save_every=1", "--set", "training.keep_last=100").ShouldBe(4));
        error.ShouldContain("above kl_ceiling 0.05");
        error.ShouldContain("raise kl_ceiling");

        // The step that stopped was answered by the policy of the newest checkpoint: the one before that is the last good one.
        var checkpoints = Directory.GetDirectories(run.At("ppo", "checkpoints")).Order().ToArray();
        error.ShouldContain(checkpoints.Length < 2 ? "there is no checkpoint from before" : $"the last good checkpoint is {checkpoints[^2]}");
        checkpoints.Length.ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Run_RatioAboveTheThreshold_StopsWithAMessage()
    {
        using var run = new TinyRun(ByFunction.Replace("max_new_tokens: 6", "max_new_tokens: 6\n    ratio_threshold: 1.0001\n    cliprange: 5").Replace("learning_rate: 0.003", "learning_rate: 0.1"));
        Errors(() => run.Main(run.Root).ShouldBe(4)).ShouldContain("above ratio_threshold 1.0001");
    }

    [Fact]
    public void Run_RatioAboveTheThresholdSkipped_LeavesTheseUpdatesOutAndGoesOn()
    {
        using var run = new TinyRun(ByFunction.Replace("max_new_tokens: 6", "max_new_tokens: 6\n    ratio_threshold: 1.0001\n    ratio_action: skip\n    cliprange: 5").Replace("learning_rate: 0.003", "learning_rate: 0.1"));
        run.Main(run.Root, "--set", "training.max_steps=4").ShouldBe(0);

        var rows = StageProcess.MetricRows(run.At("ppo"));
        rows.Select(row => Number(row, "policy/updates")).Min().ShouldBeLessThan(4); // 2 passes × 2 mini-batches
        rows.ShouldAllBe(row => Number(row, "policy/updates") >= 1 && Number(row, "val/ratio") <= 1.0001);
        rows.Count.ShouldBe(4);
    }

    [Fact]
    public void Run_FullKl_IsZeroAtFirstAndNeverNegative()
    {
        using var run = new TinyRun(ByFunction);
        run.Main(run.Root, "--set", "training.max_steps=4", "--set", "kl_estimator=full", "--set", "training.lora={ rank: 4 }").ShouldBe(0);

        var rows = StageProcess.MetricRows(run.At("ppo"));
        Number(rows[0], "objective/kl").ShouldBe(0, 1e-6);
        rows.Skip(1).ShouldAllBe(row => Number(row, "objective/kl") > 0);
    }

    [Fact]
    public void Run_Conversations_AnswersTheLastTurn()
    {
        using var run = new TinyRun(ByFunction);
        run.WriteRows("prompts.jsonl", Enumerable.Range(0, 8).Select(i => new JsonObject
        {
            ["prompt"] = new JsonArray(Message("user", "red"), Message("assistant", "it"), Message("user", $"fish {i}")),
        }));
        run.Main(run.Root, "--set", "training.max_steps=2").ShouldBe(0);
        StageProcess.MetricRows(run.At("ppo")).ShouldAllBe(row => Number(row, "val/sampling_logp_difference") < 1e-4);

        static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
    }

    [Fact]
    public void Run_DoneBefore_DoesNothingAndAChangedValueModelIsMadeAgain()
    {
        using var run = new TinyRun(ByModel.Replace("total_episodes: 56", "total_episodes: 16"));
        run.Main(run.Root).ShouldBe(0);
        var weights = TinyRun.Weights(run.At("ppo"));
        Errors(() => run.Main(run.Root).ShouldBe(0)).ShouldContain("is done");

        File.WriteAllText(run.At("ppo", "value_model", "model.safetensors"), "damaged");
        Errors(() => run.Main(run.Root).ShouldBe(0)).ShouldContain("value_model/model.safetensors changed since");
        TinyRun.Weights(run.At("ppo")).ShouldBe(weights);
    }

    private static void ShouldBeAlike(string stage, string other)
    {
        TinyRun.Weights(stage).ShouldBe(TinyRun.Weights(other));
        StageProcess.MetricLines(stage).ShouldBe(StageProcess.MetricLines(other));
        File.ReadAllBytes(Path.Combine(stage, "results.json")).ShouldBe(File.ReadAllBytes(Path.Combine(other, "results.json")));
    }

    private static double Number(JsonObject row, string name) => row[name]!.GetValue<double>();

    /// <summary>What an action writes to the error stream.</summary>
    private static string Errors(Action action)
    {
        var before = Console.Error;
        using var writer = new StringWriter();
        Console.SetError(writer);
        try
        {
            action();
        }
        finally
        {
            Console.SetError(before);
        }

        return writer.ToString();
    }

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", ".."));
}
