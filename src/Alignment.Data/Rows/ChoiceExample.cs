namespace Alignment.Data.Rows;

/// <summary>A prompt with responses to choose from, one of them right.</summary>
/// <param name="RowId">The row it was made of.</param>
/// <param name="Prompt">Prompt ids, the generation prompt of a chat template included.</param>
/// <param name="Choices">Ids of each response, its ending EOS included.</param>
/// <param name="Answer">Index of the right one.</param>
public sealed record ChoiceExample(string RowId, int[] Prompt, IReadOnlyList<int[]> Choices, int Answer);
