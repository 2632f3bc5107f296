namespace Alignment.Labeling.Server.Api;

/// <summary>How far the project is, and how far the annotator.</summary>
/// <param name="Tasks">Tasks of the project.</param>
/// <param name="Done">Tasks that are decided by as many as wanted.</param>
/// <param name="Votes">The annotator's own votes.</param>
/// <param name="Skips">The annotator's own skips.</param>
/// <param name="Open">Tasks that are left for the annotator.</param>
internal sealed record OwnProgress(int Tasks, int Done, int Votes, int Skips, int Open);
