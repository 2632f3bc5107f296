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

    /// <summary>Refuses numbers that are too low.</summary>
    /// <param name="option">The option.</param>
    /// <param name="isFit">Whether a number will do.</param>
    /// <param name="rule">What it must be, behind the option's name.</param>
    public static Option<T> Require<T>(this Option<T> option, Func<T, bool> isFit, string rule)
        where T : struct
    {
        option.Validators.Add(result =>
        {
            try
            {
                if (!isFit(result.GetValueOrDefault<T>()))
                {
                    result.AddError($"{option.Name} {rule}.");
                }
            }
            catch (InvalidOperationException)
            {
                // No number at all: System.CommandLine tells it.
            }
        });
        return option;
    }
}
