namespace Alignment.Labeling.Judging;

/// <summary>A task that got no verdict.</summary>
/// <param name="Task">The task.</param>
/// <param name="Unparsable">Whether answers came and were no verdicts.</param>
/// <param name="Reason">What happened.</param>
public sealed record JudgeProblem(string Task, bool Unparsable, string Reason);
