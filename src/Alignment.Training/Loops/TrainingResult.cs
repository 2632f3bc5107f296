namespace Alignment.Training.Loops;

/// <summary>How a loop ended.</summary>
/// <param name="Steps">Optimizer steps done.</param>
/// <param name="Evaluation">The last evaluation, names with <c>eval_</c>; empty without one.</param>
/// <param name="Best">The best checkpoint, when one was asked for.</param>
/// <param name="ModelStep">The step whose weights the model has now: the last, or the best when <c>load_best</c> is set.</param>
public sealed record TrainingResult(long Steps, IReadOnlyDictionary<string, double> Evaluation, BestCheckpoint? Best, long ModelStep);
