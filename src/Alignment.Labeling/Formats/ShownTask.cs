using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Formats;

/// <summary>A task as a file shows it, the same for everybody who reads the file.</summary>
/// <param name="Task">The task.</param>
/// <param name="Order">The candidates in the order shown.</param>
public sealed record ShownTask(LabelTask Task, IReadOnlyList<int> Order)
{
    /// <summary>The prompt.</summary>
    public string Prompt => PromptText.Of(Task.Prompt);

    /// <summary>The answers in the order shown.</summary>
    public IEnumerable<string> Answers => Order.Select(candidate => Task.Candidates[candidate].Text);

    /// <summary>Tasks in the order that the project's seed gives.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="seed">The project's seed.</param>
    public static IReadOnlyList<ShownTask> Of(IEnumerable<LabelTask> tasks, long seed) =>
        [.. tasks.Select(task => new ShownTask(task, SideOrder.Of(seed, task.Id, "", task.Candidates.Count)))];
}
