using System.CommandLine;
using Alignment.Evaluation;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment results</c>: the same evaluation of several runs in one table.</summary>
internal static class ResultsCommand
{
    private static readonly Argument<string[]> Folders = new Argument<string[]>("FOLDER")
    {
        Description = "folders of finished evaluate stages, one for each run or seed",
        Arity = ArgumentArity.OneOrMore,
    }.RefuseOptions();

    public static Command Create()
    {
        var command = new Command("results", "Prints the evaluations of several runs as one Markdown table: gold reward by seed, gain, KL, length.") { Folders };
        command.SetAction(parsed =>
        {
            Console.Out.Write(SeedTable.Build(parsed.GetRequiredValue(Folders)));
            return ExitCodes.Done;
        });
        return command;
    }
}
