using System.CommandLine;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary><c>alignment schema</c>: the JSON schema of pipeline files.</summary>
internal static class SchemaCommand
{
    private static readonly Option<string?> Output = new("--output") { Description = "the file to write; default: print", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("schema", "Prints the JSON schema of pipeline files; pipelines/schema.json is its copy for editors.") { Output };
        command.SetAction(parsed =>
        {
            var text = OptionsSchema.PipelineText(StageCatalogue.OptionTypes);
            if (parsed.GetValue(Output) is { } path)
            {
                File.WriteAllText(path, text);
            }
            else
            {
                Console.Out.Write(text);
            }

            return ExitCodes.Done;
        });
        return command;
    }
}
