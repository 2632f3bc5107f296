using Alignment.Data;
using Alignment.Data.Formats;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Formats;

/// <summary>Tasks as JSONL, one a line.</summary>
public static class TaskFile
{
    /// <summary>Reads and checks tasks.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tasks, in order.</returns>
    /// <exception cref="DataFormatException">A line is no task, a task breaks a rule, or an id stands there twice.</exception>
    public static IEnumerable<LabelTask> Read(string path)
    {
        Dictionary<string, string> seen = new(StringComparer.Ordinal);
        foreach (var row in JsonRows.Read(path))
        {
            var task = LabelJson.Read<LabelTask>(row.Columns, row.Id);
            if (task.Problems().FirstOrDefault() is { } problem)
            {
                throw new DataFormatException(row.Id, $"task '{task.Id}': {problem}", "correct the task or take it out");
            }

            if (!seen.TryAdd(task.Id, row.Id))
            {
                throw new DataFormatException(row.Id, $"the task id '{task.Id}' stands in {seen[task.Id]} already", "ids must be unique");
            }

            yield return task;
        }
    }
}
