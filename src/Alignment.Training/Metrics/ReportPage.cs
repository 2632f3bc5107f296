using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Alignment.Core.Checkpoints;
using Alignment.Training.Runs;

namespace Alignment.Training.Metrics;

/// <summary>A stage's <c>report.html</c>: its numbers, a plot per metric, options and inputs, in one file that needs nothing else.</summary>
public static class ReportPage
{
    private const string EvalPrefix = "eval_";
    private const string Backdrop = "grid";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>What grows by itself tells nothing as a plot.</summary>
    private static readonly HashSet<string> NotPlotted = ["epoch", "num_tokens", "episode"];

    /// <summary>Writes the page.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="manifest">The stage's manifest.</param>
    /// <param name="lines">Its metrics.</param>
    /// <param name="figures">Further plots; null for none.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, StageManifest manifest, IReadOnlyList<MetricsLine> lines, IReadOnlyList<ReportFigure>? figures = null) =>
        AtomicFile.WriteText(path, Build(manifest, lines, figures ?? []));

    internal static string Build(StageManifest manifest, IReadOnlyList<MetricsLine> lines, IReadOnlyList<ReportFigure>? figures = null)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append($"<title>{Html(manifest.Name)} ({Html(manifest.Kind)})</title><style>{Style}</style></head><body><main>");
        page.Append($"<h1>{Html(manifest.Name)} <small>{Html(manifest.Kind)}</small></h1>");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"facts\">{manifest.Seconds:0.0} s · seed {manifest.Seed} · commit {Html(manifest.GitCommit?[..Math.Min(10, manifest.GitCommit.Length)] ?? "none")} · fingerprint {Html(manifest.Fingerprint[..10])}</p>");
        AppendWarnings(page, manifest);
        AppendCards(page, manifest);
        AppendPlots(page, lines, figures ?? []);
        AppendTable(page, "Counts", manifest.Counts.Select(pair => (pair.Key, pair.Value.ToString("N0", CultureInfo.InvariantCulture))));
        AppendTable(page, "Inputs", manifest.Inputs.Select(pair => (pair.Key, pair.Value[..16])));
        AppendTable(page, "Results", manifest.Results.Select(pair => (pair.Key, pair.Value[..16])));
        AppendTable(page, "Versions", manifest.Versions.Select(pair => (pair.Key, pair.Value)));
        page.Append($"<details><summary>Options</summary><pre>{Html(manifest.Options.ToJsonString(Indented))}</pre></details>");
        return page.Append("</main></body></html>\n").ToString();
    }

    private static void AppendWarnings(StringBuilder page, StageManifest manifest)
    {
        foreach (var warning in manifest.Warnings)
        {
            page.Append($"<p class=\"warning\">Guard {Html(warning)}</p>");
        }
    }

    private static void AppendCards(StringBuilder page, StageManifest manifest)
    {
        if (manifest.Measures.Count == 0)
        {
            return;
        }

        page.Append("<div class=\"cards\">");
        foreach (var (name, value) in manifest.Measures)
        {
            page.Append($"<div class=\"card\"><b>{SvgPlot.Label(value)}</b><span>{Html(name)}</span></div>");
        }

        page.Append("</div>");
    }

    private static void AppendPlots(StringBuilder page, IReadOnlyList<MetricsLine> lines, IReadOnlyList<ReportFigure> figures)
    {
        var names = lines.SelectMany(line => line.Values).Select(pair => Base(pair.Key)).Distinct().Where(name => !NotPlotted.Contains(name));
        page.Append("<div class=\"plots\">");
        foreach (var name in names)
        {
            PlotSeries[] series = [.. ((PlotSeries[])[Series(lines, name, "train"), Series(lines, EvalPrefix + name, "eval")]).Where(line => line.Points.Count > 0)];
            if (series.Length == 0)
            {
                continue;
            }

            page.Append($"<figure><figcaption><b>{Html(name)}</b>");
            foreach (var line in series)
            {
                page.Append($"<span class=\"key {line.Style}\">{line.Style} {SvgPlot.Label(line.Points[^1].Y)}</span>");
            }

            page.Append("</figcaption>").Append(SvgPlot.Draw(name, series)).Append("</figure>");
        }

        foreach (var figure in figures)
        {
            page.Append($"<figure><figcaption><b>{Html(figure.Title)}</b>");
            foreach (var line in figure.Series.Where(line => line.Style != Backdrop))
            {
                page.Append($"<span class=\"key {line.Style}\">{Html(line.Name)}</span>");
            }

            page.Append("</figcaption>").Append(SvgPlot.Draw(figure.Title, figure.Series, wholeSteps: false)).Append("</figure>");
        }

        page.Append("</div>");
    }

    private static void AppendTable(StringBuilder page, string title, IEnumerable<(string Name, string Value)> rows)
    {
        var list = rows.ToList();
        if (list.Count == 0)
        {
            return;
        }

        page.Append($"<details><summary>{title}</summary><table>");
        foreach (var (name, value) in list)
        {
            page.Append($"<tr><td>{Html(name)}</td><td>{Html(value)}</td></tr>");
        }

        page.Append("</table></details>");
    }

    private static PlotSeries Series(IReadOnlyList<MetricsLine> lines, string name, string style) => new(name, style,
        [.. lines.SelectMany(line => line.Values.Where(pair => pair.Key == name && double.IsFinite(pair.Value)).Select(pair => ((double)line.Step, pair.Value)))]);

    private static string Base(string name) => name.StartsWith(EvalPrefix, StringComparison.Ordinal) ? name[EvalPrefix.Length..] : name;

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--ink:#1c1c1a;--soft:#6b6b66;--line:#e4e4de;--train:#2f6fb3;--eval:#c2571a}
        @media(prefers-color-scheme:dark){:root{--bg:#161615;--card:#1f1f1e;--ink:#eaeae6;--soft:#9a9a93;--line:#33332f;--train:#6aa9e9;--eval:#f0925a}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1360px;margin:0 auto;padding:32px 24px}h1{margin:0;font-size:26px}h1 small{color:var(--soft);font-weight:400}
        .facts{margin:4px 0 24px;color:var(--soft)}.warning{margin:0 0 12px;padding:10px 16px;border-left:4px solid var(--eval);background:var(--card)}.cards{display:flex;flex-wrap:wrap;gap:12px;margin-bottom:24px}
        .card,figure,details{background:var(--card);border:1px solid var(--line);border-radius:8px}
        .card{padding:10px 16px}.card b{display:block;font-size:20px}.card span{color:var(--soft);font-size:13px}
        .plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));gap:16px;margin-bottom:24px}
        figure{margin:0;padding:12px}figcaption{display:flex;flex-wrap:wrap;gap:12px;font-size:13px}.key{color:var(--soft)}
        .key::before{content:"";display:inline-block;width:14px;height:3px;margin-right:5px;vertical-align:middle;border-radius:2px;background:var(--train)}
        .key.eval::before{background:var(--eval)}svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:11px}
        .grid{stroke:var(--line)}polyline{fill:none;stroke-width:1.8;stroke-linejoin:round}
        polyline.train{stroke:var(--train)}polyline.eval{stroke:var(--eval)}circle.grid{fill:none}circle.train{fill:var(--train)}circle.eval{fill:var(--eval)}
        details{margin-bottom:12px;padding:10px 16px}summary{cursor:pointer;font-weight:600}table{border-collapse:collapse;margin-top:8px}
        td{padding:3px 20px 3px 0;overflow-wrap:anywhere}pre{overflow:auto;font-size:13px}
        """;
}
