namespace Alignment.Training.Loops;

/// <summary>The best evaluation so far by <see cref="TrainingOptions.KeepBest"/>.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Value">The metric there.</param>
public sealed record BestCheckpoint(long Step, double Value);
