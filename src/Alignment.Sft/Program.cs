using Alignment.Data.Rows;
using Alignment.Training.Pipelines;

namespace Alignment.Sft;

/// <summary>The stage's entry.</summary>
public static class Program
{
    /// <summary>Runs the stage.</summary>
    /// <param name="args">Command line; <c>--help</c> lists it.</param>
    /// <returns>The exit code.</returns>
    public static int Main(string[] args) => StageProgram.Run<SftOptions>(
        StageKinds.Sft, args, SftStage.Run, "Trains a language model on texts, on prompts with completions, or on conversations.", Look);

    private static void Look(SftOptions options)
    {
        if (options.Classification is null)
        {
            options.Files.Look(RowTypes.Supervised, options.Data.OnError);
        }
    }
}
