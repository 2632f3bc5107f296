namespace Alignment.Labeling.Server.Api;

/// <summary>What became of votes, in their order. It is sent after the store made them durable.</summary>
internal sealed record ReceiptsAnswer(IReadOnlyList<Receipt> Receipts);
