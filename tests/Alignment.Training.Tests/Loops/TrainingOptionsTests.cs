using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Training.Tests.Loops;

public class TrainingOptionsTests
{
    [Fact]
    public void Bind_AStagesRecord_KeepsItsDefaultsAndReadsSnakeCase()
    {
        var options = OptionsBinder.BindText<ToyOptions>("batch_size: 4\nadam_beta2: 0.95\ndtype: bf16\nlr_schedule: cosine\nkeep_best: eval_loss\n");

        (options.LearningRate, options.BatchSize, options.AdamBeta2, options.Dtype).ShouldBe((1e-6, 4, 0.95, ComputePrecision.Bf16));
        options.Problems().ShouldBeEmpty();
    }

    [Fact]
    public void Problems_SeveralBroken_AllNamed()
    {
        var problems = new TrainingOptions { MaxSteps = 0, BatchSize = 0, LearningRate = double.NaN, WarmupRatio = 2, KeepLast = 0, KeepBest = "loss" }.Problems().ToList();

        problems.Select(problem => problem.Split(' ')[0]).ShouldBe(["max_steps", "batch_size", "learning_rate", "warmup_ratio", "keep_last", "keep_best"]);
        new TrainingOptions { LoadBest = true }.Problems().ShouldHaveSingleItem().ShouldStartWith("load_best");
    }

    [Fact]
    public void Problems_Defaults_None()
    {
        new TrainingOptions().Problems().ShouldBeEmpty();
    }

    private sealed record ToyOptions : TrainingOptions
    {
        public ToyOptions() => LearningRate = 1e-6;
    }
}
