using Alignment.Training.Pipelines;

namespace Alignment.Grpo;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<GrpoOptions>(
        StageKinds.Grpo, args, GrpoStage.Run, "Trains a policy by sampling several responses to each prompt and comparing them: GRPO and its kin, RLOO, REINFORCE; no value model.",
        options => options.Look());
}
