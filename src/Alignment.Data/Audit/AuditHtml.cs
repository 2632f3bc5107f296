using System.Globalization;
using System.Net;
using System.Text;

namespace Alignment.Data.Audit;

/// <summary>A report as one page that needs nothing else: no script, no font, no picture from elsewhere.</summary>
public static class AuditHtml
{
    private const int Width = 520;
    private const int Height = 190;
    private const int Base = 150;

    /// <summary>The page's text.</summary>
    /// <param name="report">The report.</param>
    public static string Build(AuditReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var failed = report.Failed.ToList();
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append($"<title>Data audit</title><style>{Style}</style></head><body><main><h1>Data audit <small>{AuditConsole.Whole(report.Rows)} rows, {Html(string.Join(", ", report.Types.Select(type => $"{AuditConsole.Whole(type.Count)} {type.Name}")))}</small></h1>");
        page.Append(failed.Count == 0 ? "<p class=\"verdict ok\">Nothing is above its limit.</p>" : $"<p class=\"verdict bad\">Above the limit: {Html(string.Join(", ", failed.Select(finding => finding.Name)))}</p>");
        page.Append("<ul class=\"soft\">").AppendJoin("", report.Files.Select(file => $"<li>{Html(file)}</li>")).Append("</ul>");
        AppendFindings(page, report);
        page.Append("<div class=\"charts\">").AppendJoin("", report.Histograms.Select(Chart)).Append("</div>");
        AppendNumbers(page, report);
        page.Append("<div class=\"charts\">").AppendJoin("", report.Tables.Where(table => table.Rows.Count > 0).Select(Table)).Append("</div>");
        return page.Append("<p class=\"soft\">What each finding means: docs/data.md</p></main></body></html>\n").ToString();
    }

    private static void AppendFindings(StringBuilder page, AuditReport report)
    {
        page.Append("<h2>Findings</h2><div class=\"wide\"><table><tr><th>finding</th><th>rows</th><th>of</th><th>share</th><th>95 % interval</th><th>limit</th><th></th></tr>");
        foreach (var finding in report.Findings)
        {
            var (share, style) = (finding.Share, finding.Failed ? "bad" : finding.Limit is null ? "" : "ok");
            page.Append($"<tr><td><b>{Html(finding.Name)}</b><small>{Html(finding.Title)}{(finding.Note.Length > 0 ? $" · {Html(finding.Note)}" : "")}</small>");
            if (finding.Examples.Count > 0)
            {
                page.Append("<details><summary>examples</summary>").AppendJoin("", finding.Examples.Select(example => $"<code>{Html(example)}</code>")).Append("</details>");
            }

            page.Append($"</td><td>{AuditConsole.Whole(share.Count)}</td><td>{AuditConsole.Whole(share.Of)}</td><td>{AuditConsole.Percent(share.Value)}</td><td>{AuditConsole.Percent(share.Low)} – {AuditConsole.Percent(share.High)}</td>");
            page.Append($"<td>{(finding.Limit is { } limit ? AuditConsole.Percent(limit) : "")}</td><td class=\"{style}\">{(finding.Failed ? "above" : finding.Limit is null ? "" : "ok")}</td></tr>");
        }

        page.Append("</table></div>");
    }

    private static void AppendNumbers(StringBuilder page, AuditReport report)
    {
        if (report.Numbers.Count > 0)
        {
            page.Append("<div class=\"cards\">").AppendJoin("", report.Numbers.Select(number => $"<div class=\"card\"><b>{number.Value.ToString("0.####", CultureInfo.InvariantCulture)}</b><span>{Html(number.Name)}</span></div>")).Append("</div>");
        }
    }

    private static string Chart(Histogram histogram)
    {
        var bars = histogram.Bars;
        var most = bars.Max(bar => bar.Count);
        var step = (Width - 20.0) / bars.Count;
        var svg = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"<figure><figcaption><b>{Html(histogram.Title)}</b><span>{AuditConsole.Whole(histogram.Count)} in all, mean {histogram.Mean:0.#}, most {AuditConsole.Whole(histogram.Most)}</span></figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html(histogram.Title)}\">"));
        for (var i = 0; i < bars.Count; i++)
        {
            var (from, to, count) = bars[i];
            var high = Base * 0.85 * count / most;
            var x = 10 + (i * step);
            var label = from == to ? Short(from) : $"{Short(from)}–{Short(to)}";
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"bar\" x=\"{x + 1.5:0.#}\" y=\"{Base - high:0.##}\" width=\"{Math.Max(1, step - 3):0.#}\" height=\"{high:0.##}\" rx=\"2\"><title>{label}: {count}</title></rect>");
            if (count > 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + (step / 2):0.#}\" y=\"{Base - high - 4:0.##}\" text-anchor=\"middle\">{Short(count)}</text>");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + (step / 2):0.#}\" y=\"{Base + 14 + (bars.Count > 8 && i % 2 == 1 ? 13 : 0)}\" text-anchor=\"middle\">{label}</text>");
        }

        return svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"10\" x2=\"{Width - 10}\" y1=\"{Base}\" y2=\"{Base}\"/></svg></figure>").ToString();
    }

    private static string Table(AuditTable table) =>
        $"<figure><figcaption><b>{Html(table.Title)}</b></figcaption><table><tr><th></th>{string.Concat(table.Columns.Select(column => $"<th>{Html(column)}</th>"))}</tr>"
        + string.Concat(table.Rows.Select(row => $"<tr><td>{Html(row.Name)}</td>{string.Concat(row.Values.Select(value => $"<td>{value.ToString("#,0.###", CultureInfo.InvariantCulture)}</td>"))}</tr>")) + "</table></figure>";

    private static string Short(long number) => number switch
    {
        >= 1_000_000 => (number / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 10_000 => (number / 1e3).ToString("0", CultureInfo.InvariantCulture) + "k",
        >= 1000 => (number / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "k",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--ink:#1c1c1a;--soft:#6b6b66;--line:#e4e4de;--bar:#2f6fb3;--bad:#b3261e;--ok:#2f7a44}
        @media(prefers-color-scheme:dark){:root{--bg:#161615;--card:#1f1f1e;--ink:#eaeae6;--soft:#9a9a93;--line:#33332f;--bar:#6aa9e9;--bad:#ff8a80;--ok:#7cc98d}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}main{max-width:1240px;margin:0 auto;padding:32px 24px}
        h1{margin:0;font-size:26px}h1 small{color:var(--soft);font-weight:400;font-size:17px;margin-left:8px}h2{font-size:18px;margin:24px 0 8px}.soft{color:var(--soft);font-size:13px;margin:8px 0 16px;padding-left:18px}p.soft{padding:0}
        .verdict{margin:12px 0;padding:8px 14px;border-radius:8px;background:var(--card);border:1px solid var(--line);border-left-width:4px}.verdict.bad{border-left-color:var(--bad)}.verdict.ok{border-left-color:var(--ok)}
        td.bad{color:var(--bad);font-weight:600}td.ok{color:var(--ok)}.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,460px),1fr));gap:16px;margin:16px 0;align-items:start}
        figure,.wide,.card{background:var(--card);border:1px solid var(--line);border-radius:8px}figure{margin:0;padding:12px 14px;overflow-x:auto}figcaption b{display:block}figcaption span{color:var(--soft);font-size:13px}
        svg{display:block;width:100%;height:auto;margin-top:6px}svg text{fill:var(--soft);font-size:11px}.bar{fill:var(--bar)}.axis{stroke:var(--line)}
        .cards{display:flex;flex-wrap:wrap;gap:12px}.card{padding:8px 16px}.card b{display:block;font-size:20px}.card span{color:var(--soft);font-size:13px}
        .wide{overflow-x:auto;padding:6px 14px}table{border-collapse:collapse;width:100%}th{font-size:13px;font-weight:600}th,td{text-align:right;padding:5px 8px;vertical-align:top}th:first-child,td:first-child{text-align:left}tr+tr td{border-top:1px solid var(--line)}
        td small{display:block;color:var(--soft)}details{font-size:13px;color:var(--soft)}code{display:block;font-size:12px;overflow-wrap:anywhere}
        """;
}
