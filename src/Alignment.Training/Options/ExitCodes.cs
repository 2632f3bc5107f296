using Alignment.Training.Guards;
using Alignment.Training.Optimization;

namespace Alignment.Training.Options;

/// <summary>What a process ends with. One place maps an exception to its code.</summary>
public static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Something that nobody expected.</summary>
    public const int Unexpected = 1;

    /// <summary>Bad options or data, also those that show only in training: a loss that is no number.</summary>
    public const int BadInput = 2;

    /// <summary>A file or folder is missing or cannot be read or written.</summary>
    public const int MissingInput = 3;

    /// <summary>A stage of a pipeline failed, or a guard stopped a stage.</summary>
    public const int StageFailed = 4;

    /// <summary>Cancelled by Ctrl-C or SIGTERM.</summary>
    public const int Cancelled = 130;

    /// <summary>The code of an exception.</summary>
    /// <param name="exception">What ended the program.</param>
    /// <returns>The exit code.</returns>
    public static int Of(Exception exception) => exception switch
    {
        OperationCanceledException => Cancelled,
        OptionsException or InvalidDataException or FormatException or NumericFailureException => BadInput,
        GuardStopException or StageFailedException => StageFailed,
        IOException or UnauthorizedAccessException => MissingInput,
        _ => Unexpected,
    };

    /// <summary>Runs a program's body and turns whatever it throws into a message on the error stream and an exit code.</summary>
    /// <param name="body">The program; gives its own exit code.</param>
    /// <param name="verbose">Whether the stack trace is wanted for expected errors too.</param>
    /// <param name="error">Where messages go; the process's error stream when null.</param>
    /// <returns>The exit code.</returns>
    public static int Guard(Func<int> body, bool verbose = false, TextWriter? error = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        try
        {
            return body();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Report(e, verbose, error ?? Console.Error);
        }
    }

    private static int Report(Exception exception, bool verbose, TextWriter error)
    {
        var code = Of(exception);
        if (code == Unexpected)
        {
            error.WriteLine($"error: unexpected {exception.GetType().Name}: {exception.Message}");
            error.WriteLine(exception.StackTrace);
        }
        else
        {
            error.WriteLine(code == Cancelled ? $"cancelled: {exception.Message}" : $"error: {exception.Message}");
            if (verbose)
            {
                error.WriteLine(exception);
            }
        }

        return code;
    }
}
