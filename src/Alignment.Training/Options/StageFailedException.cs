namespace Alignment.Training.Options;

/// <summary>Something outside that a stage depends on failed, so that it cannot go on now; run again, it may. The exit code is <see cref="ExitCodes.StageFailed"/>.</summary>
/// <param name="message">What failed, where, and what to do.</param>
/// <param name="inner">What caused it.</param>
public class StageFailedException(string message, Exception? inner = null) : Exception(message, inner);
