using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Evaluation;
using Alignment.Labeling.Stages;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using QuickstartData;

namespace Alignment.Cli.Tests;

public sealed class PipelinesTests
{
    private const string Quickstart = "pipelines/quickstart.yaml";
    private const string Methods = "pipelines/methods.yaml";

    // The real pipeline, a few steps of each stage.
    private static readonly string[] Short =
    [
        "base.training.max_steps=3", "sft.training.max_steps=3", "reward.training.max_steps=2", "reward.normalization.samples=8",
        "reward.normalization.max_new_tokens=8", "dpo.training.max_steps=2", "ppo.training.max_steps=2", "ppo.rollout_batch_size=8",
        "ppo.mini_batches=1", "ppo.max_new_tokens=8", "evaluate.sampling.max_new_tokens=8", "evaluate.bootstrap=100",
    ];

    public static TheoryData<string> Pipelines =>
        [.. new[] { "pipelines", "bench" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Cli.Root, folder), "*.yaml").Select(path => $"{folder}/{Path.GetFileName(path)}"))];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Pipeline_DryRun_IsValid(string file)
    {
        var (code, output, error) = Cli.Run("run", file, "--dry-run", "--run-dir", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        code.ShouldBe(0, output + error);
    }

    [Theory]
    [InlineData(Quickstart)]
    [InlineData(Methods)]
    public void GoldReward_IsTheRuleThatLabelledThePreferences(string pipeline)
    {
        List<OptionsProblem> problems = [];
        var stage = PipelineFile.Load(Path.Combine(Cli.Root, pipeline)).Find(StageKinds.Evaluate, null);
        var options = (EvaluationOptions)ResolvedStage.Resolve(stage, typeof(EvaluationOptions), "runs", 1, problems)!.Options;
        JsonSerializer.Serialize(options.Rewards).ShouldBe(JsonSerializer.Serialize(Crowd.GoldRule));
    }

    [Fact]
    public void Labelling_AnnotatorsFollowTheGoldRule()
    {
        List<OptionsProblem> problems = [];
        var file = PipelineFile.Load(Path.Combine(Cli.Root, "pipelines/labelling.yaml"));
        var evaluation = (EvaluationOptions)ResolvedStage.Resolve(file.Find(StageKinds.Evaluate, null), typeof(EvaluationOptions), "runs", 1, problems)!.Options;
        var annotation = (LabelAnnotateOptions)ResolvedStage.Resolve(file.Find(StageKinds.LabelAnnotate, null), typeof(LabelAnnotateOptions), "runs", 1, problems)!.Options;
        JsonSerializer.Serialize(evaluation.Rewards).ShouldBe(JsonSerializer.Serialize(Crowd.GoldRule));
        JsonSerializer.Serialize(annotation.Rewards).ShouldBe(JsonSerializer.Serialize(Crowd.GoldRule));
    }

    [Theory]
    [InlineData(Quickstart, "eval_prompts.jsonl")]
    [InlineData(Quickstart, "heldout_cluster.jsonl")]
    [InlineData(Methods, "eval_prompts.jsonl")]
    public void Pipeline_NeverTrainsOnTheEvaluationsPrompts(string pipeline, string prompts)
    {
        var file = PipelineFile.Load(Path.Combine(Cli.Root, pipeline));
        File.ReadAllText(Path.Combine(Cli.Root, pipeline)).Split(prompts).Length.ShouldBe(2, "named once, by the evaluation");
        file.Find(StageKinds.Evaluate, null).ShouldNotBeNull();
    }

    [Fact]
    public void Methods_EveryTrainedMethod_IsEvaluated()
    {
        var file = PipelineFile.Load(Path.Combine(Cli.Root, Methods));
        var evaluated = file.Find(StageKinds.Evaluate, null).References.Select(reference => reference.Stage).ToHashSet();
        file.Stages.Where(stage => StageKinds.HasModel(stage.Kind)).Select(stage => stage.Name).Except(["tokenizer", "base", "reward"]).ShouldAllBe(name => evaluated.Contains(name));
    }

    [Fact]
    public void Quickstart_FewSteps_RunsThroughAndIsThenUpToDate()
    {
        var folder = Directory.CreateTempSubdirectory("pipeline-").FullName;
        string[] arguments = ["run", Quickstart, "--run-dir", folder, .. Short.SelectMany(option => new[] { "--set", option })];
        try
        {
            var (code, output, error) = Cli.Run(arguments);
            code.ShouldBe(0, output + error);
            var results = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "evaluate", "results.json")))!;
            results["models"]!.AsObject().Select(model => model.Key).ShouldBe(["base", "sft", "dpo", "ppo"], ignoreOrder: true);
            foreach (var measure in new[] { "gold_reward", "reward", "win_rate", "kl", "held_out_accuracy" })
            {
                var value = results["models"]!["ppo"]![measure]!;
                value["ci_low"]!.GetValue<double>().ShouldBeLessThanOrEqualTo(value["mean"]!.GetValue<double>());
                value["ci_high"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(value["mean"]!.GetValue<double>());
            }

            File.Exists(Path.Combine(folder, "evaluate", "report.md")).ShouldBeTrue();
            var (again, second, _) = Cli.Run(arguments);
            again.ShouldBe(0);
            second.ShouldContain("0 run, 7 up to date");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
