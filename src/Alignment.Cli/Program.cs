using System.CommandLine;
using Alignment.Data;
using Alignment.Training.Options;

namespace Alignment.Cli;

/// <summary>The <c>alignment</c> command.</summary>
public static class Program
{
    /// <summary>Runs the program.</summary>
    /// <param name="args">Command line.</param>
    /// <returns>The exit code (<see cref="ExitCodes"/>).</returns>
    public static int Main(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (args.Length > 0 && StageCatalogue.All.TryGetValue(args[0], out var stage))
        {
            return stage.Main(args[1..]); // a stage reads its own command line
        }

        return ExitCodes.Guard(() => Invoke(args), args.Contains("--verbose"));
    }

    private static int Invoke(string[] args)
    {
        var root = Commands.Root();
        if (args.Length == 0)
        {
            return root.Parse(["--help"]).Invoke();
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            try
            {
                // Exceptions reach Guard; signals are each command's own business.
                return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
            }
            catch (DataFormatException e) when (OnErrorAdvice.Of(e.Message, parsed.CommandResult.Command) is { } message)
            {
                throw new FormatException(message, e);
            }
        }

        var command = parsed.CommandResult.Command;
        throw new OptionsException(parsed.Errors.Select(e => new OptionsProblem("command line", 0, $"{Plain(e.Message)} See: alignment{(command == root ? "" : $" {Path(command)}")} --help")));
    }

    // System.CommandLine names .NET's types.
    private static string Plain(string message) =>
        message.Replace(" as expected type 'System.Int32'", " as a whole number").Replace(" as expected type 'System.Int64'", " as a whole number").Replace(" as expected type 'System.Double'", " as a number");

    private static string Path(Command command) =>
        string.Join(' ', command.Parents.OfType<Command>().Where(c => c is not RootCommand).Select(c => c.Name).Append(command.Name));
}
