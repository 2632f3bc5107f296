namespace Alignment.Labeling.Server.Api;

/// <summary>The next split tasks.</summary>
/// <param name="Items">Them.</param>
/// <param name="Open">How many there are.</param>
/// <param name="Settled">How many are settled.</param>
internal sealed record AdjudicationAnswer(IReadOnlyList<TaskItem> Items, int Open, int Settled);
