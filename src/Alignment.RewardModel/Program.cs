using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Training.Pipelines;

namespace Alignment.RewardModel;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<RewardModelOptions>(
        StageKinds.Reward, args, invocation => RewardModelStage.Run(invocation), "Trains a reward model on pairs of responses.", Look);

    private static void Look(RewardModelOptions options)
    {
        options.Files.Look(RewardData.Accepted(options.Loss), options.Data.OnError);
        FirstRows.Look(options.Normalization.Prompts, RowTypes.Prompt, options.Data.OnError);
    }
}
