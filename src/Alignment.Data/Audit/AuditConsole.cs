using System.Globalization;
using Spectre.Console;

namespace Alignment.Data.Audit;

/// <summary>A report as a table on the console.</summary>
public static class AuditConsole
{
    private const int WidthWithoutTerminal = 160;

    /// <summary>Writes it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="console">Where to.</param>
    public static void Write(AuditReport report, IAnsiConsole console)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(console);
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
            console.Profile.Capabilities.Ansi = false;
        }

        foreach (var file in report.Files)
        {
            console.WriteLine(file);
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("finding", "rows", "of", "share", "95 % interval", "limit", "", "what counts");
        foreach (var finding in report.Findings)
        {
            var color = finding.Failed ? "red" : finding.Limit is null ? "grey" : "green";
            table.AddRow(
                finding.Name, Whole(finding.Share.Count), Whole(finding.Share.Of), Percent(finding.Share.Value),
                $"{Percent(finding.Share.Low)} – {Percent(finding.Share.High)}", finding.Limit is { } limit ? Percent(limit) : "", $"[{color}]{(finding.Failed ? "above" : finding.Limit is null ? "" : "ok")}[/]", Markup.Escape(finding.Title));
        }

        console.Write(table);
        foreach (var (name, value) in report.Numbers)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {value:0.####}"));
        }

        foreach (var finding in report.Failed)
        {
            console.WriteLine($"{finding.Name}: {string.Join("; ", finding.Examples.Take(3))}");
        }
    }

    /// <summary>A share as it is shown.</summary>
    internal static string Percent(double share) => (100 * share).ToString(share is > 0 and < 0.001 ? "0.000" : "0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>A count as it is shown.</summary>
    internal static string Whole(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
