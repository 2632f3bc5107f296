using Alignment.Training.Pipelines;

namespace Alignment.Evaluation;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<EvaluationOptions>(
        StageKinds.Evaluate, args, EvaluationStage.Run, "Scores and compares any number of models on held-out prompts, pairs and choices.");
}
