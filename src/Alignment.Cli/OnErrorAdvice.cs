using System.CommandLine;

namespace Alignment.Cli;

/// <summary>Errors about rows name the option of stages and of tasks.yaml; a command has it under another name, or not at all.</summary>
internal static class OnErrorAdvice
{
    private const string Advice = "set on_error: skip";
    private const string Option = "--on-error";

    /// <summary>The message in the words of a command; null where it stays.</summary>
    /// <param name="message">An error about a row.</param>
    /// <param name="command">The command.</param>
    public static string? Of(string message, Command command) =>
        !message.Contains(Advice, StringComparison.Ordinal) || command.Name == "build-instructions" ? null
        : command.Options.Any(option => option.Name == Option) ? message.Replace(Advice, $"give {Option} skip", StringComparison.Ordinal)
        : message.Replace($" or {Advice}", "", StringComparison.Ordinal);
}
