namespace Alignment.Training.Options;

/// <summary>A configuration cannot be used. Carries every problem at once, sorted by place. Exit code 2.</summary>
public sealed class OptionsException : Exception
{
    /// <summary>Makes the exception from all the problems found.</summary>
    /// <param name="problems">At least one problem, in any order.</param>
    public OptionsException(IEnumerable<OptionsProblem> problems)
        : this(Sort(problems))
    {
    }

    /// <summary>Makes the exception from one problem.</summary>
    /// <param name="file">The file, or what the user typed.</param>
    /// <param name="line">The line, counted from 1; 0 where there is none.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public OptionsException(string file, int line, string message)
        : this([new OptionsProblem(file, line, message)])
    {
    }

    private OptionsException(OptionsProblem[] sorted)
        : base(string.Join('\n', sorted.AsEnumerable()))
    {
        Problems = sorted;
    }

    /// <summary>Every problem, sorted by file and line.</summary>
    public IReadOnlyList<OptionsProblem> Problems { get; }

    private static OptionsProblem[] Sort(IEnumerable<OptionsProblem> problems) =>
        [.. problems.Distinct().OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line).ThenBy(p => p.Message, StringComparer.Ordinal)];
}
