namespace Alignment.Labeling.Store;

/// <summary>How far one annotator is.</summary>
/// <param name="Annotator">The name.</param>
/// <param name="Votes">Standing votes, skips and adjudications left out.</param>
/// <param name="Skips">Standing skips.</param>
/// <param name="Held">Tasks held for the annotator now.</param>
/// <param name="Open">Tasks that could be given to the annotator now, the held ones included.</param>
public sealed record AnnotatorProgress(string Annotator, int Votes, int Skips, int Held, int Open);
