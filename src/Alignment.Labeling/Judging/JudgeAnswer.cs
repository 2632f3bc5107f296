using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Judging;

/// <summary>What a judge said of two answers.</summary>
/// <param name="Choice">The better one's candidate, counted in the task's own order; a tie; or both bad.</param>
/// <param name="Strength">From 1 to 3; null where it was not said or nobody is better.</param>
/// <param name="Reason">Why.</param>
internal sealed record JudgeAnswer(Verdict Choice, int? Strength, string Reason);
