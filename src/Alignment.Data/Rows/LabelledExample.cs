namespace Alignment.Data.Rows;

/// <summary>A text to be classified, as ids.</summary>
/// <param name="RowId">The row it was made of.</param>
/// <param name="Ids">Token ids with what the model's own tokenizer puts around a text.</param>
/// <param name="Segments">For each id the text of a pair that it belongs to.</param>
/// <param name="Label">The index of the class; or a number for each class: 0 or 1 of several labels at once, the targets of a regression.</param>
public sealed record LabelledExample(string RowId, int[] Ids, int[] Segments, double[] Label);
