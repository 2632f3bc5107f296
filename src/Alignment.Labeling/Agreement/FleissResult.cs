using Alignment.Training.Statistics;

namespace Alignment.Labeling.Agreement;

/// <summary>Fleiss' κ with what it is of.</summary>
/// <param name="Kappa">Null where it is not defined.</param>
/// <param name="Raters">Ratings of each unit that was used, n.</param>
/// <param name="Tasks">Units that were used.</param>
public sealed record FleissResult(Interval? Kappa, int Raters, int Tasks);
