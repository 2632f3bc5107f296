using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Store;

/// <summary>A task that is held for one annotator.</summary>
/// <param name="Task">The task.</param>
/// <param name="Order">The candidates in the order in which this annotator sees them, from left to right.</param>
/// <param name="Until">When it goes to somebody else, unless there is a vote.</param>
public sealed record Assignment(LabelTask Task, IReadOnlyList<int> Order, DateTimeOffset Until);
