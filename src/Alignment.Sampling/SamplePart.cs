namespace Alignment.Sampling;

/// <summary>Responses to some prompts as they are kept on disk: the responses to one prompt stand together.</summary>
/// <param name="Ids">Tokens of each, the stop token included.</param>
/// <param name="Ended">Whether each ended by a stop token.</param>
/// <param name="LogProbs">log π of each, in nats.</param>
/// <param name="Scores">The reward of each; null where there is none.</param>
internal sealed record SamplePart(int[][] Ids, bool[] Ended, double[] LogProbs, float[]? Scores);
