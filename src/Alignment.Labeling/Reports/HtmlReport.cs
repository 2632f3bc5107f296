using System.Net;
using System.Text;
using Alignment.Training.Metrics;

namespace Alignment.Labeling.Reports;

/// <summary>The report as one page that needs nothing else: no script, no font, no picture from elsewhere.</summary>
public static class HtmlReport
{
    private const int Lines = 8; // colours of the style sheet

    /// <summary>The page's text.</summary>
    /// <param name="report">The numbers.</param>
    public static string Build(AgreementReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append($"<title>{Html(report.Project)}: agreement</title><style>{Style}</style></head><body><main><h1>{Html(report.Project)} <small>agreement of the annotators</small></h1>");
        page.Append($"<p class=\"soft\">{Show.Overlap(report)} · whiskers and brackets: 95 % intervals</p>");
        AppendCards(page, report);
        if (report.Notes.Count > 0)
        {
            page.Append("<section class=\"notes\"><h2>What to look at</h2><ul>").AppendJoin("", report.Notes.Select(note => $"<li>{Html(note)}</li>")).Append("</ul></section>");
        }

        page.Append("<div class=\"charts\">");
        AppendFigure(page, "Agreement", "0 is what chance gives, 1 is full agreement (raw agreement is not corrected for chance).",
            IntervalChart.Draw("Agreement", [.. Show.Coefficients(report).Select(one => (one.Name, one.Value))], low: 0, high: 1));
        AppendFigure(page, "Place and length", $"Share of choices at the left, and of the longest answer; the line is the share if it did not matter.",
            IntervalChart.Draw("Place and length", [("left chosen", report.Left.Share), ("longest chosen", report.Longer.Share)], low: 0, high: 1, mark: report.Left.Expected));
        if (report.Models.Count > 0)
        {
            AppendFigure(page, "Models", "Bradley-Terry strength on Elo's scale; 1000 is the mean, 400 points are odds of ten to one.",
                IntervalChart.Draw("Models", [.. report.Models.Select(model => (model.Model, model.Elo))], format: "0"));
        }

        if (report.Annotators.Any(one => one.Majority is not null))
        {
            AppendFigure(page, "Annotators", "Share of votes that agree with the majority of the others.",
                IntervalChart.Draw("Annotators", [.. report.Annotators.Select(one => (one.Annotator, one.Majority))], low: 0, high: 1));
        }

        AppendCourse(page, report);
        page.Append("</div>");
        AppendAnnotators(page, report);
        AppendJudges(page, report);
        AppendPairs(page, report);
        AppendModels(page, report);
        return page.Append("<p class=\"soft\">Each number's formula and source: docs/labelling.md</p></main></body></html>\n").ToString();
    }

    private static void AppendCards(StringBuilder page, AgreementReport report)
    {
        (string Name, int Value)[] cards =
        [
            ("votes", report.Votes), ("tasks voted on", report.VotedTasks), ("tasks", report.Tasks), ("annotators", report.Annotators.Count), ("skips", report.Skips),
            ("ties", report.Ties), ("both bad", report.BothBad), ("no majority", report.SplitTasks), ("settled", report.Adjudications), ("gold tasks", report.GoldTasks),
        ];
        page.Append("<div class=\"cards\">").AppendJoin("", cards.Select(card => $"<div class=\"card\"><b>{card.Value}</b><span>{card.Name}</span></div>")).Append("</div>");
    }

    private static void AppendCourse(StringBuilder page, AgreementReport report)
    {
        PlotSeries[] lines = [.. report.Annotators.Where(one => one.Course.Count > 1).Select((one, i) =>
            new PlotSeries(one.Annotator, $"line l{i % Lines}", [.. one.Course.Select(point => ((double)point.Vote, point.Agreement))]))];
        if (lines.Length == 0)
        {
            return;
        }

        var keys = string.Concat(lines.Select(line => $"<span class=\"key {line.Style}\">{Html(line.Name)}</span>"));
        AppendFigure(page, "Drift", "Agreement with the majority of the others over the annotator's own votes, in tenths.",
            $"<div class=\"drift\">{SvgPlot.Draw("Drift", lines)}</div><p class=\"keys\">{keys}</p>");
    }

    private static void AppendFigure(StringBuilder page, string title, string meaning, string chart) =>
        page.Append($"<figure><figcaption><b>{Html(title)}</b><span>{Html(meaning)}</span></figcaption>{chart}</figure>");

    private static void AppendAnnotators(StringBuilder page, AgreementReport report)
    {
        string[] columns = ["annotator", "votes", "skips", "ties", "both bad", "with the majority of the others", "κ with the other people", "gold", "median seconds", "first half → second", "left", "longest run at one place", "entropy of places"];
        AppendTable(page, "Annotators", columns, report.Annotators.Select(one => new[]
        {
            Html(one.Annotator), $"{one.Votes}", $"{one.Skips}", $"{one.Ties}", $"{one.BothBad}",
            $"{Show.Share(one.Majority?.Mean)}<small>{Show.Shares(one.Majority)}</small>",
            $"{Show.Number(one.People?.Mean)}<small>{Show.Range(one.People)}</small>",
            $"{Show.Share(one.Gold?.Mean)}<small>{(one.GoldTasks > 0 ? $"{Show.Shares(one.Gold)} of {one.GoldTasks}" : "")}</small>",
            $"{Show.Number(one.MedianSeconds, "0.0")}<small>{(one.EarlySeconds is null ? "" : $"{Show.Number(one.EarlySeconds, "0.0")} → {Show.Number(one.LateSeconds, "0.0")}")}</small>",
            $"{Show.Share(one.Early?.Mean)} → {Show.Share(one.Late?.Mean)}",
            $"{Show.Share(one.Left.Share?.Mean)}<small>{Show.Shares(one.Left.Share)}</small>",
            one.StraightLined ? $"<b class=\"warn\">{one.LongestRun}</b>" : $"{one.LongestRun}",
            Show.Number(one.PlaceEntropy),
        }));
    }

    private static void AppendJudges(StringBuilder page, AgreementReport report) =>
        AppendTable(page, "Judges", ["judge", "κ with the majority of people", "95 % interval", "tasks", "the two orders differ", "95 % interval", "first place chosen twice", "last place chosen twice"],
            report.Annotators.Where(one => one.Orders is not null).Select(one => new[]
            {
                Html(one.Annotator), Show.Number(one.People?.Mean, "0.000"), Show.Range(one.People, "0.000"), $"{one.PeopleTasks}",
                $"{Show.Share(one.Orders!.Differ?.Mean)}<small>of {one.Orders.Pairs}</small>", Show.Shares(one.Orders.Differ), $"{one.Orders.First}", $"{one.Orders.Last}",
            }));

    private static void AppendPairs(StringBuilder page, AgreementReport report) =>
        AppendTable(page, "Cohen's κ of pairs", ["annotators", "tasks in common", "κ", "95 % interval"], report.CohenPairs.Select(pair => new[]
        {
            $"{Html(pair.First)} – {Html(pair.Second)}", $"{pair.Tasks}", Show.Number(pair.Kappa?.Mean, "0.000"), Show.Range(pair.Kappa, "0.000"),
        }));

    private static void AppendModels(StringBuilder page, AgreementReport report) =>
        AppendTable(page, "Models", ["model", "comparisons", "win rate", "Elo", "95 % interval"], report.Models.Select(model => new[]
        {
            Html(model.Model), $"{model.Comparisons}", Show.Number(model.WinRate, "0.000"), Show.Number(model.Elo?.Mean, "0"), Show.Range(model.Elo, "0"),
        }));

    private static void AppendTable(StringBuilder page, string title, string[] columns, IEnumerable<string[]> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
        {
            return;
        }

        page.Append($"<h2>{Html(title)}</h2><div class=\"wide\"><table><tr>").AppendJoin("", columns.Select(column => $"<th>{Html(column)}</th>")).Append("</tr>");
        foreach (var row in list)
        {
            page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{cell}</td>")).Append("</tr>");
        }

        page.Append("</table></div>");
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--ink:#1c1c1a;--soft:#6b6b66;--line:#e4e4de;--dot:#2f6fb3;--warn:#b04a12;--l0:#2f6fb3;--l1:#c2571a;--l2:#3a8a4d;--l3:#8a4fb0;--l4:#b03a5b;--l5:#6b7a12;--l6:#127a7a;--l7:#7a5a3a}
        @media(prefers-color-scheme:dark){:root{--bg:#161615;--card:#1f1f1e;--ink:#eaeae6;--soft:#9a9a93;--line:#33332f;--dot:#6aa9e9;--warn:#f0925a;--l0:#6aa9e9;--l1:#f0925a;--l2:#7cc98d;--l3:#c79ae8;--l4:#ec86a4;--l5:#bccb5c;--l6:#5cc7c7;--l7:#c9a682}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1360px;margin:0 auto;padding:32px 24px}h1{margin:0;font-size:26px}h1 small{color:var(--soft);font-weight:400;font-size:18px}h2{font-size:18px;margin:28px 0 8px}
        .soft{margin:4px 0 20px;color:var(--soft)}.cards{display:flex;flex-wrap:wrap;gap:12px;margin-bottom:20px}
        .card,figure,.wide,.notes{background:var(--card);border:1px solid var(--line);border-radius:8px}.card{padding:8px 16px}.card b{display:block;font-size:20px}.card span{color:var(--soft);font-size:13px}
        .notes{padding:4px 18px 8px;margin-bottom:20px;border-left:4px solid var(--warn)}.notes h2{margin:8px 0 0;font-size:16px}.notes ul{margin:4px 0;padding-left:20px}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr));gap:16px}
        figure{margin:0;padding:12px 14px}figcaption b{display:block}figcaption span{display:block;color:var(--soft);font-size:13px;line-height:1.35;margin-bottom:8px}
        svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}svg text.name,svg text.value{fill:var(--ink);font-size:13px}.drift svg text{font-size:9px}
        .grid{stroke:var(--line)}.mark{stroke:var(--warn);stroke-dasharray:4 3}.whisker{stroke:var(--dot);stroke-width:3;stroke-linecap:round;opacity:.45}.dot{fill:var(--dot)}
        polyline.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.l0{--c:var(--l0)}.l1{--c:var(--l1)}.l2{--c:var(--l2)}.l3{--c:var(--l3)}.l4{--c:var(--l4)}.l5{--c:var(--l5)}.l6{--c:var(--l6)}.l7{--c:var(--l7)}
        polyline.line{stroke:var(--c)}circle.line{fill:var(--c)}.keys{display:flex;flex-wrap:wrap;gap:4px 14px;margin:8px 0 0;font-size:13px}
        .key::before{content:"";display:inline-block;width:14px;height:3px;margin-right:5px;vertical-align:middle;border-radius:2px;background:var(--c)}
        .wide{overflow-x:auto;padding:8px 14px}table{border-collapse:collapse;width:100%}th{font-weight:600;font-size:13px;line-height:1.25;vertical-align:bottom}th,td{text-align:right;padding:5px 10px}
        td{vertical-align:top}th:first-child,td:first-child{text-align:left}tr+tr td{border-top:1px solid var(--line)}td small{display:block;color:var(--soft);white-space:nowrap}.warn{color:var(--warn)}
        """;
}
