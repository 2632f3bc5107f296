using System.Globalization;
using Spectre.Console;

namespace Alignment.Data.Instructions;

/// <summary>A report as tables on the console.</summary>
public static class InstructionConsole
{
    private const int WidthWithoutTerminal = 160;

    /// <summary>Writes it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="console">Where to.</param>
    public static void Write(InstructionReport report, IAnsiConsole console)
    {
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
            console.Profile.Capabilities.Ansi = false;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("task", "cluster", "records", "usable", "drawn", "rate", "rows", "kinds", "templates", "prompt", "completion");
        foreach (var task in report.Tasks)
        {
            table.AddRow(
                Markup.Escape(task.Name), Markup.Escape(task.Cluster), Whole(task.Records), Whole(task.Rows), Whole(task.Drawn),
                task.HeldOut ? "held out" : task.Rate.ToString("0.0000", CultureInfo.InvariantCulture), Whole(task.Written),
                Markup.Escape(string.Join(", ", task.Kinds.Select(pair => $"{pair.Key} {Whole(pair.Value)}"))), Whole(task.Templates.Count),
                task.PromptCharacters.ToString("0", CultureInfo.InvariantCulture), task.CompletionCharacters.ToString("0", CultureInfo.InvariantCulture));
        }

        console.Write(table);
        console.WriteLine("prompt, completion: mean characters");
        foreach (var task in report.Tasks)
        {
            if (task.Drawn < task.Rows)
            {
                console.WriteLine($"{task.Name}: {Whole(task.Drawn)} of {Whole(task.Rows)} usable rows, the most that are drawn from");
            }

            foreach (var (what, count, first) in task.Left.All.Concat(task.Dropped.All))
            {
                console.WriteLine($"{task.Name}: left out {Whole(count)}: {what} (first: {first})");
            }
        }

        foreach (var form in report.HeldOutForms)
        {
            console.WriteLine($"{form.Folder}: {Whole(form.Rows)} held-out rows: {string.Join(", ", form.Tasks.Where(task => task.Written > 0).Select(task => $"{task.Name} {Whole(task.Written)}"))}");
            foreach (var task in form.Tasks)
            {
                foreach (var (what, count, first) in task.Dropped.All)
                {
                    console.WriteLine($"{form.Folder}: {task.Name}: left out {Whole(count)}: {what} (first: {first})");
                }
            }
        }

        foreach (var subset in report.Subsets)
        {
            console.WriteLine($"{subset.Folder}: {subset.Tasks} tasks, {Whole(subset.Rows)} rows: {string.Join(", ", subset.Clusters)}");
        }
    }

    private static string Whole(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
