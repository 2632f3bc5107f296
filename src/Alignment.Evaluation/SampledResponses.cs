namespace Alignment.Evaluation;

/// <summary>What a model responded. The response number p · samples + s is the s-th to prompt p.</summary>
/// <param name="Ids">Ids of each response, the stop token included.</param>
/// <param name="Ended">Whether each ended by its stop token.</param>
internal sealed record SampledResponses(int[][] Ids, bool[] Ended);
