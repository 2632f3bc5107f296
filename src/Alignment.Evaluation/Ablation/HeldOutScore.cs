namespace Alignment.Evaluation.Ablation;

/// <summary>How one model does on the held-out tasks.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Clusters">Task clusters that it was trained on.</param>
/// <param name="Mean">Accuracy: mean over tasks of the mean over a task's templates.</param>
/// <param name="Best">Accuracy: mean over tasks of the best of a task's templates.</param>
/// <param name="Tasks">Mean over the templates of each task, by name.</param>
internal sealed record HeldOutScore(string Model, int Clusters, double Mean, double Best, IReadOnlyDictionary<string, double> Tasks);
