namespace Alignment.Training.Runs;

/// <summary>One file of a checkpoint: how to write it and how to take it back.</summary>
/// <param name="FileName">The file's name in the step folder.</param>
/// <param name="Save">Writes the file at the path it is given.</param>
/// <param name="Load">Reads it back into the object that it came from.</param>
public sealed record CheckpointPart(string FileName, Action<string> Save, Action<string> Load);
