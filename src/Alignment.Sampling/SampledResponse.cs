namespace Alignment.Sampling;

/// <summary>One response.</summary>
/// <param name="Sample">Which of the prompt's responses, from 0.</param>
/// <param name="Text">Without special tokens.</param>
/// <param name="Length">Tokens, the stop token included.</param>
/// <param name="Ended">Whether it ended by a stop token.</param>
/// <param name="LogProb">log π of its tokens at the sampling temperature, before filters, in nats.</param>
/// <param name="Score">The reward; null where there is none.</param>
internal sealed record SampledResponse(int Sample, string Text, int Length, bool Ended, double LogProb, double? Score);
