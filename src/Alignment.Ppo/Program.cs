using Alignment.Training.Pipelines;

namespace Alignment.Ppo;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<PpoOptions>(
        StageKinds.Ppo, args, PpoStage.Run, "Trains a policy by sampling: PPO against a reward, with a KL penalty that keeps it near a frozen reference.",
        options => options.Look());
}
