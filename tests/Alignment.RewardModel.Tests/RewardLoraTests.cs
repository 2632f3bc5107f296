using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;

namespace Alignment.RewardModel.Tests;

public sealed class RewardLoraTests
{
    [Theory]
    [InlineData("")]
    [InlineData(", merge_adapter: true")]
    [InlineData(", quantization: nf4")]
    public void Run_WithAnAdapter_TrainsTheHeadInFullAndLearns(string more)
    {
        using var run = new RewardRun(RewardRun.Separable.Replace("max_steps: 40", "max_steps: 60").Replace("save_every: 10", "save_every: 10, lora: { rank: 4 }" + more));

        var (code, error) = run.Run("reward"); // at its end the stored model is loaded and must give the same scores

        code.ShouldBe(0, error);
        run.Results("reward")["accuracy"]!["mean"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0.95);
        using var loaded = ModelFolder.LoadScalarHead(run.At("reward", "model"));
        loaded.RewardStd.ShouldBe(run.Results("reward")["reward_std"]!.GetValue<double>());
        AdapterFolder.Is(run.At("reward", "model")).ShouldBe(!more.Contains("merge"));
        if (!more.Contains("merge"))
        {
            using var file = SafetensorsFile.Open(run.At("reward", "model", AdapterFolder.WeightsFile));
            file.Entries.Keys.ShouldContain("base_model.model.score.weight");
        }

        if (more.Length == 0)
        {
            // Killed in the middle of a step and resumed it is the same adapter with the same head.
            var killed = run.At("killed");
            run.Kill("reward", killed, at: "step 15 ");
            (code, error) = run.Run("reward", killed);
            code.ShouldBe(0, error);
            error.ShouldContain("Resum");
            File.ReadAllBytes(run.At("killed", "reward", "model", AdapterFolder.WeightsFile)).ShouldBe(File.ReadAllBytes(run.At("reward", "model", AdapterFolder.WeightsFile)));
            run.Metrics("killed", "reward").Select(row => row.ToJsonString()).ShouldBe(run.Metrics("reward").Select(row => row.ToJsonString()));
        }
    }
}
