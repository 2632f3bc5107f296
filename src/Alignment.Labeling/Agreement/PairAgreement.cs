using Alignment.Training.Statistics;

namespace Alignment.Labeling.Agreement;

/// <summary>How far two annotators agree.</summary>
/// <param name="First">One annotator.</param>
/// <param name="Second">The other one.</param>
/// <param name="Tasks">Tasks that both decided.</param>
/// <param name="Kappa">Cohen's κ; null where it is not defined.</param>
public sealed record PairAgreement(string First, string Second, int Tasks, Interval? Kappa);
