namespace Alignment.Data.Rows;

/// <summary>Two responses to one prompt as ids. A sequence is the prompt followed by one response.</summary>
/// <param name="RowId">The row it was made of.</param>
/// <param name="Prompt">Prompt ids, the generation prompt of a chat template included.</param>
/// <param name="Chosen">Ids of the better response, its ending EOS included.</param>
/// <param name="Rejected">Ids of the worse response, its ending EOS included.</param>
/// <param name="Margin">How much better, in units of reward.</param>
/// <param name="Label">Probability that the chosen side is the better one; 0.5 is a tie.</param>
public sealed record PreferenceExample(string RowId, int[] Prompt, int[] Chosen, int[] Rejected, double Margin, double Label);
