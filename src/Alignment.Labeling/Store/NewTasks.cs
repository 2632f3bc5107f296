using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Store;

/// <summary>Which of some tasks a store does not have yet; the same rules for every store.</summary>
internal static class NewTasks
{
    /// <summary>Checks tasks.</summary>
    /// <param name="tasks">Tasks to be added.</param>
    /// <param name="find">The store's task of an id; null when there is none.</param>
    /// <returns>The new ones, in order.</returns>
    /// <exception cref="InvalidDataException">A task breaks a rule, or another task has its id.</exception>
    public static List<LabelTask> Of(IEnumerable<LabelTask> tasks, Func<string, LabelTask?> find)
    {
        Dictionary<string, LabelTask> seen = new(StringComparer.Ordinal);
        List<LabelTask> fresh = [];
        foreach (var task in tasks)
        {
            if (task.Problems().FirstOrDefault() is { } problem)
            {
                throw new InvalidDataException($"task '{task.Id}' cannot be added: {problem}");
            }

            if ((seen.GetValueOrDefault(task.Id) ?? find(task.Id)) is not { } known)
            {
                seen.Add(task.Id, task);
                fresh.Add(task);
            }
            else if (!known.AsksTheSame(task))
            {
                throw new InvalidDataException($"task '{task.Id}' cannot be added: another prompt or other candidates have that id already");
            }
        }

        return fresh;
    }
}
