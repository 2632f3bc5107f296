using Alignment.Training.Statistics;

namespace Alignment.Evaluation;

/// <summary>How well the reward model ranks the held-out pairs.</summary>
/// <param name="Accuracy">Share of decided pairs that are ranked as labelled.</param>
/// <param name="Ece">Expected calibration error on the same.</param>
internal sealed record RewardModelResults(Interval Accuracy, double Ece);
