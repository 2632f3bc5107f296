namespace Alignment.Training.Optimization;

/// <summary>A loss or a gradient became NaN or infinite; no step was made with it, and the last checkpoint is good.</summary>
/// <param name="message">What, at which step, on which rows, and what to do.</param>
public sealed class NumericFailureException(string message) : ArithmeticException(message);
