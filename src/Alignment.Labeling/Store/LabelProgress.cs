namespace Alignment.Labeling.Store;

/// <summary>How far a project is.</summary>
/// <param name="Tasks">Tasks of the project.</param>
/// <param name="Done">Tasks that as many annotators decided as wanted; a task for every annotator is done with its first vote.</param>
/// <param name="Votes">Standing votes, skips and adjudications left out.</param>
/// <param name="Skips">Standing skips.</param>
/// <param name="Adjudications">Standing adjudications.</param>
/// <param name="Annotators">Each annotator who voted or was given a task, in ordinal order of their names.</param>
public sealed record LabelProgress(int Tasks, int Done, int Votes, int Skips, int Adjudications, IReadOnlyList<AnnotatorProgress> Annotators);
