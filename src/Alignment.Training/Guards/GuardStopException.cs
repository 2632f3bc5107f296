namespace Alignment.Training.Guards;

/// <summary>A guard ended the run; the step was not saved.</summary>
/// <param name="message">Which one, its metric, value and threshold, the last good checkpoint, and what to do.</param>
public sealed class GuardStopException(string message) : Exception(message)
{
    /// <summary>A stop found within a step; the loop that knows the checkpoints completes it by <see cref="At"/>.</summary>
    /// <param name="what">What is out of bounds, one sentence with its full stop.</param>
    /// <param name="advice">What to do, one sentence without its full stop.</param>
    /// <param name="lastGoodStep">The last step whose checkpoint is not touched by it.</param>
    public GuardStopException(string what, string advice, long lastGoodStep)
        : this(Text(what, null, advice)) => (What, Advice, LastGoodStep) = (what, advice, lastGoodStep);

    /// <summary>The last step whose checkpoint is good, where the loop has still to find it.</summary>
    public long? LastGoodStep { get; }

    private string What { get; } = message;

    private string Advice { get; } = "";

    /// <summary>The message of a stop.</summary>
    /// <param name="what">What is out of bounds, with its full stop.</param>
    /// <param name="checkpoint">The last good checkpoint; null where there is none.</param>
    /// <param name="advice">What to do, without its full stop.</param>
    public static string Text(string what, string? checkpoint, string advice) =>
        $"{what} The run is stopped and this step is not saved; {(checkpoint is null ? "there is no checkpoint from before" : $"the last good checkpoint is {checkpoint}")}. {advice}";

    /// <summary>The same stop with its checkpoint.</summary>
    /// <param name="checkpointUpTo">Step to the folder of the newest checkpoint that is not after it; null where there is none.</param>
    public GuardStopException At(Func<long, string?> checkpointUpTo) =>
        LastGoodStep is { } step ? new(Text(What, checkpointUpTo(step), Advice)) : this;
}
