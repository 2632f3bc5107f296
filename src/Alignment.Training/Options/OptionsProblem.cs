namespace Alignment.Training.Options;

/// <summary>One thing wrong in a configuration, with its place.</summary>
/// <param name="File">The file, or what the user typed (for instance <c>--set</c>).</param>
/// <param name="Line">The line, counted from 1; 0 where there is none.</param>
/// <param name="Message">What was given, what is wrong with it and what to do.</param>
public sealed record OptionsProblem(string File, int Line, string Message)
{
    /// <summary>Gives <c>file:line: message</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}
