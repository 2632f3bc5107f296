using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Tokenization;
using Alignment.Training.Metrics;
using Alignment.Training.Pipelines;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.RewardModel.Tests;

public sealed partial class RewardModelStageTests
{
    private const string Further = """
          further:
            kind: reward
            model: ROOT/reward/model
            train: [ROOT/train.jsonl]
            eval: [ROOT/eval.jsonl]
            data: { max_length: 64 }
            normalization: { prompts: [ROOT/prompts.jsonl], model: ROOT/base/model, samples: 8, max_new_tokens: 8 }
            training: { max_steps: 2, batch_size: 8, eval_on_start: true }

        """;

    [Fact]
    public void Run_SeparablePairs_LearnsThemAndScalesTheReward()
    {
        using var run = new RewardRun(RewardRun.Separable + Further);
        var (code, error) = run.Run("reward");
        code.ShouldBe(0, error);

        var results = run.Results("reward");
        results.Select(pair => pair.Key).ShouldBe([
            "accuracy", "best_accuracy", "margin", "ece", "temperature", "ece_calibrated", "reliability", "rating", "disagreement", "prompts", "pairs", "ties", "reward_mean", "reward_std"]);
        results["accuracy"]!["mean"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0.95);
        results["accuracy"]!["ci_high"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(results["accuracy"]!["ci_low"]!.GetValue<double>());
        results["pairs"]!.GetValue<int>().ShouldBe(18);

        // On the training responses, which scale the reward where no prompts are given, it has mean 0 and variance 1.
        using var model = ModelFolder.LoadScalarHead(run.At("reward", "model"));
        model.RewardMean.ShouldBe(results["reward_mean"]!.GetValue<double>());
        var sets = new DataSets(TextTokenizer.Load(run.At("reward", "model")), new DataOptions { MaxLength = 64 });
        var train = sets.Preferences([run.At("train.jsonl")]).Examples;
        double[] rewards = [.. ResponseScores.Rewards(model, RewardNormalization.ResponsesOf(train.Select(ResponseGroup.Of)), 16).Select(raw => (raw - model.RewardMean) / model.RewardStd)];
        rewards.Average().ShouldBe(0, 1e-5);
        rewards.Average(reward => reward * reward).ShouldBe(1, 1e-4);

        // Trained further, the model begins with what it knows.
        (code, error) = run.Run("further");
        code.ShouldBe(0, error);
        run.Metrics("further")[0]["eval_accuracy"]!.GetValue<double>().ShouldBe(results["accuracy"]!["mean"]!.GetValue<double>());
        run.Results("further")["reward_std"]!.GetValue<double>().ShouldNotBe(model.RewardStd);
    }

    [Fact]
    public void Run_MetricNames_AreDocumented()
    {
        using var run = new RewardRun(RewardRun.Separable.Replace("max_steps: 40", "max_steps: 10").Replace("eval_every: 20", "eval_every: 5"));
        run.Run("reward").ExitCode.ShouldBe(0);

        string[] written = [.. run.Metrics("reward").SelectMany(row => row.Select(pair => pair.Key)).Distinct().Where(name => name != "step")];

        foreach (var name in new[] { "loss", "accuracy", "margin", "min_reward", "mean_reward", "max_reward", "num_tokens", "eval_loss", "eval_accuracy", "eval_ece" })
        {
            written.ShouldContain(name);
        }

        var documented = Sections("Every trained stage", "reward");
        written.Where(name => !documented.Contains(name) && !documented.Contains(name.Replace("eval_", ""))).ShouldBeEmpty();
    }

    [Fact]
    public void Run_KilledAtAnyMomentAlsoWhileSampling_EndsByteIdentical()
    {
        using var run = new RewardRun(RewardRun.Separable + RewardRun.Normalized.Replace("samples: 24", "samples: 1000").Replace("max_new_tokens: 16", "max_new_tokens: 40"));
        run.Run("reward", run.At("whole")).ExitCode.ShouldBe(0);
        var killed = run.At("killed");

        run.Kill("reward", killed, at: "step 15 ");
        var (code, error) = run.Stop("reward", killed, at: "step 25 ");
        code.ShouldBe(130, error);
        error.ShouldContain("run the same command to go on");
        run.Kill("reward", killed, at: "Sampling 1000 responses");
        (code, error) = run.Stop("reward", killed, at: "Sampling 1000 responses");
        code.ShouldBe(130, error);
        error.ShouldContain("stopped after the training; its last checkpoint is written, run the same command to go on");
        File.Exists(Path.Combine(killed, "reward", "results.json")).ShouldBeFalse();
        (code, error) = run.Run("reward", killed);
        code.ShouldBe(0, error);

        foreach (var file in new[] { "model/model.safetensors", "model/config.json", "model/generation_config.json", "results.json" })
        {
            File.ReadAllBytes(Path.Combine(killed, "reward", file)).ShouldBe(File.ReadAllBytes(run.At("whole", "reward", file)), file);
        }

        run.Metrics("killed", "reward").Select(row => row.ToJsonString()).ShouldBe(run.Metrics("whole", "reward").Select(row => row.ToJsonString()));
    }

    [Fact]
    public void Run_SixMicroBatches_TrainLikeOneBatch()
    {
        // Each step takes all 54 pairs, so that the cut into micro-batches is all that differs. The large ε keeps Adam from blowing up rounding.
        using var run = new RewardRun(RewardRun.Separable.Replace("max_steps: 40", "max_steps: 4, adam_epsilon: 0.001").Replace("log_every: 5", "log_every: 1"));
        run.Run("reward", run.At("whole"), "--set", "training.batch_size=54").ExitCode.ShouldBe(0);
        run.Run("reward", run.At("parts"), "--set", "training.batch_size=9", "--set", "training.gradient_accumulation_steps=6").ExitCode.ShouldBe(0);

        foreach (var (whole, parts) in run.Metrics("whole", "reward").Zip(run.Metrics("parts", "reward")))
        {
            foreach (var name in new[] { "loss", "grad_norm", "accuracy", "margin", "mean_reward", "num_tokens", "eval_loss" }.Where(whole.ContainsKey))
            {
                parts[name]!.GetValue<double>().ShouldBe(whole[name]!.GetValue<double>(), 1e-4, name);
            }
        }

        using var scope = NewDisposeScope();
        using var one = ModelFolder.LoadScalarHead(run.At("whole", "reward", "model"));
        using var six = ModelFolder.LoadScalarHead(run.At("parts", "reward", "model"));
        using var start = ModelFolder.LoadScalarHead(run.At("base", "model"));
        var moved = 0.0;
        foreach (var ((name, a), (_, b)) in one.state_dict().Zip(six.state_dict()))
        {
            (a - b).abs().max().ToDouble().ShouldBeLessThan(1e-4, name);
            moved = Math.Max(moved, name == "score.weight" ? 0 : (a - start.state_dict()[name]).abs().max().ToDouble());
        }

        moved.ShouldBeGreaterThan(5e-3);
    }

    [Theory]
    [InlineData("train: [ROOT/train.jsonl]", "train: [ROOT/absent.jsonl]", 3, "absent.jsonl")]
    [InlineData("max_length: 64", "max_lenght: 64", 2, "max_lenght")]
    [InlineData("learning_rate: 0.01", "learning_rate: high", 2, "learning_rate")]
    [InlineData("max_length: 64", "max_length: 16", 2, "train.jsonl:2")]
    [InlineData("ROOT/train.jsonl", "ROOT/same.jsonl", 2, "same.jsonl:1")]
    [InlineData("ROOT/train.jsonl", "ROOT/broken.jsonl", 2, "broken.jsonl:1")]
    public void Run_BadInput_SaysWhatAndWhereAndLeavesNothing(string good, string bad, int exitCode, string message)
    {
        using var run = new RewardRun(RewardRun.Separable.Replace(good, bad));
        run.WriteRows("same.jsonl", [new JsonObject { ["prompt"] = "a", ["chosen"] = "b", ["rejected"] = "b" }]);
        File.WriteAllText(run.At("broken.jsonl"), "{\"prompt\": \"a\", \"chosen\"");

        var (code, error) = run.Run("reward");

        code.ShouldBe(exitCode, error);
        error.ShouldContain(message);
        error.ShouldNotContain("   at "); // no stack trace for a user's error
        Directory.Exists(run.At("reward", "model")).ShouldBeFalse();
    }

    [Fact]
    public void Run_RewardModelThatShouldRespond_IsRefusedBeforeTraining()
    {
        using var run = new RewardRun(RewardRun.Separable.Replace("max_steps: 40", "max_steps: 1") + Further.Replace(" model: ROOT/base/model,", ""));
        run.Run("reward").ExitCode.ShouldBe(0);

        var (code, error) = run.Run("further");

        code.ShouldBe(2, error);
        error.ShouldContain("is a reward model, which cannot respond to normalization.prompts");
        Directory.Exists(run.At("further", "checkpoints")).ShouldBeFalse();
    }

    [Fact]
    public void Run_TokenizerOfAnotherModel_IsRefused()
    {
        using var run = new RewardRun(RewardRun.Separable);
        TokenizerTraining.Run(File.ReadLines(run.At("train.jsonl")), new() { VocabSize = 340 }, run.At("other"));
        File.Copy(run.At("other", "tokenizer.json"), run.At("base", "model", "tokenizer.json"), overwrite: true);

        var (code, error) = run.Run("reward");

        code.ShouldBe(2, error);
        error.ShouldContain("this is the tokenizer of another model");
    }

    [Fact]
    public void Run_TwoHundredSteps_LeaveNoTensors()
    {
        using var run = new RewardRun("");
        var counts = new CountingSink();
        using var log = new LoggerConfiguration().WriteTo.Sink(counts).CreateLogger();
        var before = Tensor.TotalCount;
        var options = new RewardModelOptions
        {
            Model = run.At("base", "model"),
            Train = [run.At("train.jsonl")],
            Eval = [run.At("eval.jsonl")],
            Training = new() { MaxSteps = 200, BatchSize = 2, LogEvery = 1, EvalEvery = 50, SaveEvery = 50 },
        };

        var invocation = new StageInvocation<RewardModelOptions>("reward", "leak", options, 1, run.At("leak"), run.At("pipeline.yaml"), new Dictionary<string, string>());
        RewardModelStage.Run(invocation, StageConsole.Quiet(log)).ShouldBe(0);

        counts.AtSteps.Count.ShouldBeGreaterThanOrEqualTo(200);
        counts.AtSteps.Skip(2).ShouldAllBe(count => count <= counts.AtSteps[2]);
        Tensor.TotalCount.ShouldBeLessThanOrEqualTo(before); // less, where the garbage collector found an older one
    }

    /// <summary>Names in the tables of some sections of docs/metrics.md.</summary>
    private static HashSet<string> Sections(params string[] titles) =>
        [.. File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "metrics.md")).Split("\n## ")
            .Where(section => titles.Contains(section.Split('\n')[0]))
            .SelectMany(section => section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
            .SelectMany(line => Name().Matches(line.Split(" | ")[0])).Select(match => match.Groups[1].Value)];

    private static string RepositoryRoot([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(path, "..", "..", ".."));

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();

    /// <summary>Notes how many tensors are alive at each line about a step.</summary>
    private sealed class CountingSink : ILogEventSink
    {
        public List<long> AtSteps { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            if (logEvent.MessageTemplate.Text.StartsWith("step {Step} loss", StringComparison.Ordinal))
            {
                AtSteps.Add(Tensor.TotalCount);
            }
        }
    }
}
