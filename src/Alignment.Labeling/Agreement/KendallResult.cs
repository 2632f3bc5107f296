using Alignment.Training.Statistics;

namespace Alignment.Labeling.Agreement;

/// <summary>How far rankings of the same tasks agree.</summary>
/// <param name="Tau">The mean of Kendall's τ over pairs of rankings of one task; null without such pairs.</param>
/// <param name="W">The mean of Kendall's W over tasks; null without tasks.</param>
/// <param name="Tasks">Tasks with two rankings or more.</param>
public sealed record KendallResult(Interval? Tau, Interval? W, int Tasks);
