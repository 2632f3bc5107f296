namespace Alignment.Data.Rows;

/// <summary>K responses to one prompt as ids, ranked or rated. A sequence is the prompt followed by one response.</summary>
/// <param name="RowId">The row it was made of; the first one where several rated responses to the prompt were gathered.</param>
/// <param name="Prompt">Prompt ids, the generation prompt of a chat template included.</param>
/// <param name="Responses">Ids of each response, its ending EOS included.</param>
/// <param name="Ratings">How good each response is; NaN where nobody rated it.</param>
/// <param name="Ranks">0 for the best, 1 for the next, equal for ties; −1 where nobody ranked it.</param>
public sealed record RankedExample(string RowId, int[] Prompt, IReadOnlyList<int[]> Responses, double[] Ratings, int[] Ranks);
