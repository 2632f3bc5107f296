using Alignment.Training.Pipelines;

namespace Alignment.OnlineDpo;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<OnlineDpoOptions>(
        StageKinds.OnlineDpo, args, OnlineDpoStage.Run, "Trains a policy on pairs of its own responses that a reward ranks: online DPO and XPO.",
        options => options.Look());
}
