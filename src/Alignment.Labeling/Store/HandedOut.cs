namespace Alignment.Labeling.Store;

/// <summary>Tasks that were handed out.</summary>
/// <param name="Annotator">To whom.</param>
/// <param name="Tasks">Their ids.</param>
/// <param name="Until">How long they are held.</param>
internal sealed record HandedOut(string Annotator, IReadOnlyList<string> Tasks, DateTimeOffset Until);
