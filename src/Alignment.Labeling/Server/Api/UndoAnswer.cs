using Alignment.Labeling.Store;

namespace Alignment.Labeling.Server.Api;

/// <summary>What became of an undo, and the task, to be decided again.</summary>
internal sealed record UndoAnswer(string Id, VoteStatus Status, string? Problem = null, TaskItem? Item = null);
