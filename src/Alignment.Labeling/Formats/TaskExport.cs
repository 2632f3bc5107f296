using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Formats;

/// <summary>Writes tasks for other tools.</summary>
public static class TaskExport
{
    /// <summary>Writes the files of a format into a folder.</summary>
    /// <param name="format">The format.</param>
    /// <param name="folder">The folder, made where it is missing.</param>
    /// <param name="project">Whose seed gives the order in which answers are shown, and whose guidelines go along.</param>
    /// <param name="tasks">The tasks; at least one.</param>
    /// <returns>The files, in the order in which they are needed.</returns>
    /// <exception cref="InvalidDataException">There are no tasks, or tasks cannot go out in that format.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static IReadOnlyList<string> Write(ExchangeFormat format, string folder, LabelProject project, IReadOnlyList<LabelTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(tasks);
        if (tasks.Count == 0)
        {
            throw new InvalidDataException("there are no tasks to export");
        }

        var shown = ShownTask.Of(tasks, project.Seed);
        var answers = shown.Max(task => task.Order.Count);
        (string Name, string Text)[] files = format switch
        {
            ExchangeFormat.Jsonl => [("tasks.jsonl", string.Concat(tasks.Select(task => LabelJson.Write(task) + "\n")))],
            ExchangeFormat.Csv => [("tasks.csv", CsvTasks.Write(shown))],
            ExchangeFormat.LabelStudio => [("label-studio.json", Text(LabelStudioTasks.Write(shown))), ("label-studio.xml", LabelStudioTasks.Config(answers))],
            ExchangeFormat.Argilla => [("argilla.json", Text(ArgillaRecords.Write(shown))), ("argilla-settings.json", Text(ArgillaRecords.Settings(answers, Math.Max(1, tasks.Max(task => task.Overlap)), project.Guidelines)))],
            _ => throw new InvalidDataException($"tasks cannot go out as {format.ToString().ToLowerInvariant()}: that format holds decided pairs; write votes into it with 'alignment label resolve'"),
        };
        Directory.CreateDirectory(folder);
        return [.. files.Select(file =>
        {
            var path = Path.Combine(folder, file.Name);
            AtomicFile.WriteText(path, file.Text);
            return path;
        })];
    }

    private static string Text(JsonNode node) => node.ToJsonString(LabelJson.Indented) + "\n";
}
