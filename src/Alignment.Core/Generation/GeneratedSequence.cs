namespace Alignment.Core.Generation;

/// <summary>Why a response ended.</summary>
public enum FinishReason
{
    /// <summary>A stop token was drawn; it is the response's last token.</summary>
    StopToken,

    /// <summary>The decoded text holds a stop string.</summary>
    StopString,

    /// <summary>The limit on new tokens or the model's positions were reached.</summary>
    Length,
}

/// <summary>One sampled response.</summary>
/// <param name="Ids">The response's tokens, a stop token included.</param>
/// <param name="LogProbs">Of each token, in nats, under the model at the sampling temperature, before penalty and filters.</param>
/// <param name="Finish">Why it ended.</param>
public sealed record GeneratedSequence(int[] Ids, float[] LogProbs, FinishReason Finish);
