namespace Alignment.Data.Collation;

/// <summary>The supervised tokens of a batch, N of them, row after row.</summary>
/// <param name="HiddenRows">Where the hidden state stands that predicts the token: its row in <c>[B*T, D]</c>, one before the token's own.</param>
/// <param name="Ids">The tokens.</param>
/// <param name="BatchRows">Which sequence of the batch each belongs to.</param>
public sealed record TargetTokens(long[] HiddenRows, long[] Ids, int[] BatchRows);
