namespace Alignment.Training.Guards;

/// <summary>A guard ended the run; the step was not saved.</summary>
/// <param name="message">Which one, its metric, value and threshold, the last good checkpoint, and what to do.</param>
public sealed class GuardStopException(string message) : Exception(message);
