using System.Text;

namespace Alignment.Labeling.Formats;

/// <summary>Tasks as a spreadsheet. The annotator fills in <c>choice</c> (1, 2, …, tie, both_bad or skip) and, if wanted, what is behind it; of more
/// than two answers also <c>ranking</c>, all of them from the best to the worst: <c>2 &gt; 1 &gt; 3</c>.</summary>
internal static class CsvTasks
{
    public const string Task = "task";
    public const string Prompt = "prompt";
    public const string Answer = "answer_";
    public const string Annotator = "annotator";
    public const string Choice = "choice";
    public const string Ranking = "ranking";
    public const string Strength = "strength";
    public const string Comment = "comment";
    public const string Seconds = "seconds";
    public const string At = "at";

    /// <summary>The file's text, with a byte order mark, without which spreadsheets do not see UTF-8.</summary>
    public static string Write(IReadOnlyList<ShownTask> tasks)
    {
        var answers = tasks.Max(task => task.Order.Count);
        string[] columns = [Task, Prompt, .. Enumerable.Range(1, answers).Select(i => $"{Answer}{i}"), Annotator, Choice, .. (string[])(answers > 2 ? [Ranking] : []), Strength, Comment, Seconds, At];
        var text = new StringBuilder("\uFEFF").Append(CsvFile.Line(columns));
        foreach (var task in tasks)
        {
            string[] filled = [task.Task.Id, task.Prompt, .. task.Answers];
            text.Append(CsvFile.Line([.. filled, .. Enumerable.Repeat("", columns.Length - filled.Length)]));
        }

        return text.ToString();
    }
}
