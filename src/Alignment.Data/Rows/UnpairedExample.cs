namespace Alignment.Data.Rows;

/// <summary>One response that is good or bad by itself, as ids.</summary>
/// <param name="RowId">The row it was made of.</param>
/// <param name="Prompt">Prompt ids, the generation prompt of a chat template included.</param>
/// <param name="Completion">Ids of the response, its ending EOS included.</param>
/// <param name="Desirable">Whether it is good.</param>
public sealed record UnpairedExample(string RowId, int[] Prompt, int[] Completion, bool Desirable);
