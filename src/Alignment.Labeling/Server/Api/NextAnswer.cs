namespace Alignment.Labeling.Server.Api;

/// <summary>The next tasks.</summary>
internal sealed record NextAnswer(IReadOnlyList<TaskItem> Items, OwnProgress Progress);
