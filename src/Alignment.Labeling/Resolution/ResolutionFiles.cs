using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Labeling.Formats;

namespace Alignment.Labeling.Resolution;

/// <summary>Writes resolved tasks as preference rows.</summary>
public static class ResolutionFiles
{
    /// <summary>Writes the rows.</summary>
    /// <param name="path">The file; with <paramref name="openAi"/> a second one with the ending <c>.side.jsonl</c> is written beside it.</param>
    /// <param name="tasks">Resolved tasks.</param>
    /// <param name="options">How they were resolved.</param>
    /// <param name="openAi">Whether in OpenAI's format; even rows are left out then.</param>
    /// <returns>The number of rows.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static int Write(string path, IEnumerable<ResolvedTask> tasks, ResolutionOptions options, bool openAi)
    {
        ArgumentNullException.ThrowIfNull(path);
        List<JsonObject> rows = [.. tasks.SelectMany(task => PreferenceRows.Of(task, options))];
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!openAi)
        {
            AtomicFile.WriteText(path, string.Concat(rows.Select(row => row.ToJsonString(LabelJson.Line) + "\n")));
            return rows.Count;
        }

        List<(string Line, JsonObject Row)> lines = [.. rows.Select(row => (Line: OpenAiRows.Of(row)?.ToJsonString(LabelJson.Line), row)).Where(one => one.Line is not null).Select(one => (one.Line!, one.row))];
        AtomicFile.WriteText(path, string.Concat(lines.Select(one => one.Line + "\n")));
        AtomicFile.WriteText(Path.ChangeExtension(path, ".side.jsonl"), string.Concat(lines.Select(one => OpenAiRows.Side(one.Line, one.Row).ToJsonString(LabelJson.Line) + "\n")));
        return lines.Count;
    }
}
