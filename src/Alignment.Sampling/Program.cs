using Alignment.Data.Loading;
using Alignment.Training.Pipelines;

namespace Alignment.Sampling;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<SampleOptions>(
        StageKinds.Sample, args, SampleStage.Run, "Samples several responses to each prompt, scores them, and writes data files: the best ones, those above a threshold, pairs.",
        options => new TrainingFiles(options.Prompts, options.Mix, [], null).Look(options.Accepted, options.Data.OnError));
}
