using System.CommandLine;

namespace Alignment.Cli;

/// <summary>Checks of arguments that System.CommandLine does not make.</summary>
internal static class ArgumentChecks
{
    /// <summary>Refuses a mistyped option that would be taken for a file.</summary>
    public static Argument<T> RefuseOptions<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(t => t.Value.Length > 1 && t.Value.StartsWith('-')) is { } token)
            {
                result.AddError($"Unknown option '{token.Value}'.");
            }
        });
        return argument;
    }
}
