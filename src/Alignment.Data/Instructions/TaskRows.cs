using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>A task's usable rows: those with an answer that is one of the options.</summary>
internal static class TaskRows
{
    /// <summary>The rows in order; what is left out is counted.</summary>
    /// <param name="task">The task.</param>
    /// <param name="accepts">Whether a row fits one of the templates that are wanted.</param>
    /// <param name="left">Takes the reasons.</param>
    /// <param name="seen">Is shown each record before it is judged.</param>
    public static IEnumerable<TaskRow> Read(InstructionTask task, Func<TaskRow, bool> accepts, Remarks left, Action<JsonObject>? seen = null)
    {
        foreach (var (id, columns) in task.Records.Read(task, left))
        {
            seen?.Invoke(columns);
            if (Of(task, id, columns, left) is not { } row)
            {
                continue;
            }

            if (accepts(row))
            {
                yield return row;
            }
            else
            {
                left.Add("no template finds all its columns in the row", id);
            }
        }
    }

    /// <summary>Rows that serve as solved examples by themselves, such as Super-NaturalInstructions' positive examples.</summary>
    public static IReadOnlyList<TaskRow> Examples(InstructionTask task) =>
        [.. task.Records.Examples(task).Select(one => Of(task, one.Id, one.Columns, new Remarks())).OfType<TaskRow>()];

    private static TaskRow? Of(InstructionTask task, string id, JsonObject columns, Remarks left)
    {
        var given = TaskRow.Find(columns, task.Answer) switch
        {
            null => [],
            JsonArray list => list.Select(TaskRow.Word).ToList(),
            var one => [TaskRow.Word(one)],
        };
        List<string> answers = [];
        string? wordless = null;
        foreach (var answer in given)
        {
            var word = task.Verbalizer.Count == 0 ? answer : task.Verbalizer.GetValueOrDefault(answer);
            wordless = word is null ? answer : wordless;
            if (!string.IsNullOrWhiteSpace(word) && !answers.Contains(word))
            {
                answers.Add(word);
            }
        }

        if (answers.Count == 0)
        {
            left.Add(wordless is null ? $"'{task.Answer}' is missing or empty" : $"the verbalizer has no word for an answer, such as '{Short(wordless)}'", id);
            return null;
        }

        List<string>? own = null;
        if (task.OptionsColumn is { } column)
        {
            own = TaskRow.Find(columns, column) is JsonArray list ? [.. list.Select(TaskRow.Word).Select(word => task.Verbalizer.GetValueOrDefault(word, word))] : [];
            if (own.Count < 2 || own.Distinct(StringComparer.Ordinal).Count() < own.Count || own.Any(string.IsNullOrWhiteSpace))
            {
                left.Add($"'{column}' is no list of at least two different options", id);
                return null;
            }
        }

        var options = own ?? task.Options;
        if (options.Count > 0 && answers.RemoveAll(answer => !options.Contains(answer)) > 0 && answers.Count == 0)
        {
            left.Add("the answer is none of the options", id);
            return null;
        }

        return new TaskRow(id, columns, answers, own, task.Rationale is { } reasons && TaskRow.Find(columns, reasons) is { } text && TaskRow.Word(text) is { Length: > 0 } rationale ? rationale : null);
    }

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
