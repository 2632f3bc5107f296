namespace Alignment.Data.Jinja;

/// <summary>A template that cannot be read or rendered: the message names template and line and says what is wrong.</summary>
public sealed class JinjaException : FormatException
{
    /// <summary>A problem whose place is not known yet; whoever runs the statement adds it with <see cref="At"/>.</summary>
    internal JinjaException(string problem, bool isRaised = false)
        : base(problem) => (Problem, IsRaised) = (problem, isRaised);

    private JinjaException(string template, int line, JinjaException inner)
        : base($"{template}:{line}: {inner.Problem}", inner) => (Problem, IsRaised, Line) = (inner.Problem, inner.IsRaised, line);

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>Line of the template, from 1; 0 while unknown.</summary>
    public int Line { get; }

    /// <summary>Whether the template itself refused the conversation, with <c>raise_exception</c>.</summary>
    public bool IsRaised { get; }

    /// <summary>The same problem with its place, unless it has one.</summary>
    internal JinjaException At(string template, int line) => Line > 0 ? this : new(template, line, this);
}
