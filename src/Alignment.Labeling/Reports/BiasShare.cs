using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>How often something was chosen that should not matter.</summary>
/// <param name="Choices">Choices in which it could be.</param>
/// <param name="Share">The share in which it was; null when there are none.</param>
/// <param name="Expected">The share if it does not matter.</param>
public sealed record BiasShare(int Choices, Interval? Share, double Expected);
