using System.Text.Json;
using Alignment.Labeling.Formats;
using Spectre.Console;

namespace Alignment.Labeling.Reports;

/// <summary>What an import did, as tables.</summary>
public static class ImportTable
{
    private const int ShownOfAKind = 5;
    private const int WidthWithoutTerminal = 150;

    /// <summary>Writes the tables: the counts, and the first problems of each kind.</summary>
    /// <param name="report">What was done.</param>
    /// <param name="console">Where.</param>
    public static void Write(ImportReport report, IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(console);
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
            console.Profile.Capabilities.Ansi = false;
        }

        console.MarkupLine($"[bold]{report.Saved}[/] votes saved ({report.Choices} choices, {report.Ties} ties, {report.BothBad} both bad, {report.Skips} skips) of {report.Rows} rows by {report.Annotators.Count} annotators");
        console.MarkupLine($"{report.Repeated} known already, {report.Unanswered} unanswered, {report.NewTasks} tasks made, [{(report.Problems.Count > 0 ? "red" : "green")}]{report.Problems.Count} not taken[/]");
        if (report.Problems.Count == 0)
        {
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("problem", "number", "where", "what");
        foreach (var kind in report.Problems.GroupBy(problem => problem.Kind))
        {
            foreach (var (i, problem) in kind.Take(ShownOfAKind).Index())
            {
                table.AddRow(
                    i == 0 ? JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.Key.ToString()) : "", i == 0 ? $"{kind.Count()}" : "", Markup.Escape(problem.Where), Markup.Escape(problem.Message));
            }

            if (kind.Count() > ShownOfAKind)
            {
                table.AddRow("", "", $"and {kind.Count() - ShownOfAKind} more", "--json FILE writes all of them");
            }
        }

        console.Write(table);
    }
}
