using Alignment.Training.Pipelines;

namespace Alignment.Dpo;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<DpoOptions>(
        StageKinds.Dpo, args, DpoStage.Run, "Trains a policy on preference pairs directly, against a frozen reference.",
        options => options.Files.Look(PairRows.Accepted(options), options.Data.OnError));
}
