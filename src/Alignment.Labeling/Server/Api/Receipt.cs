using Alignment.Labeling.Store;

namespace Alignment.Labeling.Server.Api;

/// <summary>What became of a vote.</summary>
internal sealed record Receipt(string Id, VoteStatus Status, string? Problem = null);
