namespace Alignment.Labeling.Judging;

/// <summary>What happened to a judge's questions in one run.</summary>
internal sealed class JudgeTally
{
    /// <summary>Answers that were asked for and came.</summary>
    public Counter Asked { get; } = new();

    /// <summary>Answers that were in the journal.</summary>
    public Counter Known { get; } = new();

    /// <summary>Answers that were no verdicts, so that it was asked again.</summary>
    public Counter Repairs { get; } = new();

    /// <summary>Samples without a verdict after that.</summary>
    public Counter Unparsable { get; } = new();
}
