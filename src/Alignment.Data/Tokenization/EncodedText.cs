namespace Alignment.Data.Tokenization;

/// <summary>A text or a pair of texts as the model's own tokenizer gives it.</summary>
/// <param name="Ids">With the tokens that belong around it.</param>
/// <param name="TypeIds">For each id the segment that it belongs to, as BERT wants it: 0, and 1 for the second text.</param>
public sealed record EncodedText(int[] Ids, int[] TypeIds);
