using Spectre.Console;

namespace Alignment.Labeling.Reports;

/// <summary>The report as tables.</summary>
public static class ConsoleReport
{
    private const int WidthWithoutTerminal = 150;

    /// <summary>Writes the tables.</summary>
    /// <param name="report">The numbers.</param>
    /// <param name="console">Where; without a terminal behind it the lines are long rather than broken, and plain.</param>
    public static void Write(AgreementReport report, IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(console);
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
            console.Profile.Capabilities.Ansi = false;
        }

        console.MarkupLine($"[bold]{Markup.Escape(report.Project)}[/]: {report.Votes} votes on {report.VotedTasks} of {report.Tasks} tasks by {report.Annotators.Count} annotators; "
            + $"{report.Skips} skips, {report.Ties} ties, {report.BothBad} both bad, {report.Adjudications} adjudications, {report.GoldTasks} gold tasks");
        console.MarkupLine($"[dim]overlap: {Show.Overlap(report)}[/]");
        WriteAgreement(report, console);
        if (report.Annotators.Count > 0)
        {
            WriteAnnotators(report, console);
        }

        if (report.Annotators.Any(one => one.Orders is not null))
        {
            WriteJudges(report, console);
        }

        if (report.Models.Count > 0)
        {
            WriteModels(report, console);
        }

        foreach (var note in report.Notes)
        {
            console.MarkupLine($"[yellow]![/] {Markup.Escape(note)}");
        }
    }

    private static void WriteAgreement(AgreementReport report, IAnsiConsole console)
    {
        var table = New("agreement", "value", "95 % interval", "of");
        foreach (var (name, value, of) in Show.Coefficients(report))
        {
            table.AddRow(name, Show.Number(value?.Mean, "0.000"), Markup.Escape(Show.Range(value, "0.000")), Markup.Escape(of));
        }

        AddBias(table, "left chosen", report.Left);
        AddBias(table, "longest chosen", report.Longer);
        console.Write(table);
    }

    private static void AddBias(Table table, string name, BiasShare bias) =>
        table.AddRow(name, Show.Number(bias.Share?.Mean, "0.000"), Markup.Escape(Show.Range(bias.Share, "0.000")), $"{bias.Choices} choices; {Show.Number(bias.Expected)} expected");

    private static void WriteAnnotators(AgreementReport report, IAnsiConsole console)
    {
        var table = New("annotator", "votes", "skips", "with majority", "κ people", "gold", "median s", "first half → second", "left", "longest run", "entropy");
        foreach (var one in report.Annotators)
        {
            table.AddRow(
                $"[bold]{Markup.Escape(one.Annotator)}[/]",
                $"{one.Votes}",
                $"{one.Skips}",
                $"{Show.Share(one.Majority?.Mean)} [dim]{Show.Shares(one.Majority)}[/]",
                Show.Number(one.People?.Mean),
                $"{Show.Share(one.Gold?.Mean)} [dim]{(one.GoldTasks > 0 ? $"of {one.GoldTasks}" : "")}[/]",
                Show.Number(one.MedianSeconds, "0.0"),
                $"{Show.Share(one.Early?.Mean)} → {Show.Share(one.Late?.Mean)}",
                Show.Share(one.Left.Share?.Mean),
                one.StraightLined ? $"[yellow]{one.LongestRun}[/]" : $"{one.LongestRun}",
                Show.Number(one.PlaceEntropy));
        }

        console.Write(table);
    }

    private static void WriteJudges(AgreementReport report, IAnsiConsole console)
    {
        var table = New("judge", "κ with people", "95 % interval", "tasks", "orders differ", "95 % interval", "first twice", "last twice");
        foreach (var one in report.Annotators.Where(one => one.Orders is not null))
        {
            table.AddRow(
                $"[bold]{Markup.Escape(one.Annotator)}[/]",
                Show.Number(one.People?.Mean, "0.000"),
                Markup.Escape(Show.Range(one.People, "0.000")),
                $"{one.PeopleTasks}",
                $"{Show.Share(one.Orders!.Differ?.Mean)} [dim]of {one.Orders.Pairs}[/]",
                Show.Shares(one.Orders.Differ),
                $"{one.Orders.First}",
                $"{one.Orders.Last}");
        }

        console.Write(table);
    }

    private static void WriteModels(AgreementReport report, IAnsiConsole console)
    {
        var table = New("model", "comparisons", "win rate", "Elo", "95 % interval");
        foreach (var model in report.Models)
        {
            table.AddRow($"[bold]{Markup.Escape(model.Model)}[/]", $"{model.Comparisons}", Show.Number(model.WinRate, "0.000"), Show.Number(model.Elo?.Mean, "0"), Markup.Escape(Show.Range(model.Elo, "0")));
        }

        console.Write(table);
    }

    private static Table New(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var (i, column) in columns.Index())
        {
            var added = new TableColumn(Markup.Escape(column)).NoWrap();
            table.AddColumn(i == 0 || column == "of" ? added : added.RightAligned());
        }

        return table;
    }
}
