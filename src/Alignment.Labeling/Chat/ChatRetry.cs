namespace Alignment.Labeling.Chat;

/// <summary>A request is tried again.</summary>
/// <param name="Attempt">How many tries failed so far.</param>
/// <param name="Delay">How long it waits first.</param>
/// <param name="Reason">Why the last try failed.</param>
public sealed record ChatRetry(int Attempt, TimeSpan Delay, string Reason);
