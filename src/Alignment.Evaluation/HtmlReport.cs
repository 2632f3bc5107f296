using System.Net;
using System.Text;
using Alignment.Evaluation.OverOptimization;

namespace Alignment.Evaluation;

/// <summary><c>report.html</c>: the same as the Markdown report with a chart for each column, in one file that needs nothing else.</summary>
internal static class HtmlReport
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "report.html";

    /// <summary>The file's text.</summary>
    /// <param name="results">The numbers.</param>
    /// <param name="options">Names of baseline and reference.</param>
    /// <param name="inputs">The prompts.</param>
    /// <param name="models">The models' responses.</param>
    public static string Build(EvaluationResults results, EvaluationOptions options, EvaluationInputs inputs, IReadOnlyList<ModelScores> models)
    {
        var columns = ResultColumn.Of(results);
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append($"<title>Evaluation</title><style>{Style}</style></head><body><main><h1>Evaluation</h1>");
        page.Append($"<p class=\"soft\">{inputs.Prompts.Count} held-out prompts, {options.Samples} response{(options.Samples == 1 ? "" : "s")} each · gain and win rate against <b>{Html(options.Baseline!)}</b> · KL to <b>{Html(options.Reference!)}</b> · whiskers and brackets: 95 % bootstrap intervals over prompts</p>");
        page.Append("<div class=\"charts\">");
        foreach (var column in columns)
        {
            page.Append($"<figure><figcaption><b>{Html(column.Title)}</b><span>{Html(column.MeaningFor(options))}</span></figcaption>{BarChart.Draw(column, results)}</figure>");
        }

        page.Append("</div>");
        if (results.RewardModel is { } rewardModel)
        {
            page.Append($"<p>Reward model on {inputs.Pairs.Count} held-out pairs: accuracy <b>{ResultColumn.Show(rewardModel.Accuracy.Mean)}</b> [{ResultColumn.Show(rewardModel.Accuracy.Low)}, {ResultColumn.Show(rewardModel.Accuracy.High)}], expected calibration error <b>{ResultColumn.Show(rewardModel.Ece)}</b>.</p>");
        }

        AppendTable(page, results, columns);
        if (results.OverOptimization is { } overOptimization)
        {
            page.Append(OverOptimizationReport.Html(overOptimization));
        }

        page.Append($"<h2>Responses</h2><p class=\"soft\">All of them, with their scores, are in {SamplesFile.FileName}.</p>");
        foreach (var (prompt, responses) in ShownPrompts.Of(inputs, models, options))
        {
            page.Append($"<h3>{Html(prompt)}</h3><div class=\"responses\">");
            foreach (var (model, i) in responses)
            {
                page.Append($"<div class=\"card\"><p class=\"soft\">{Html(model.Name)}{(model.Gold is { } gold ? $" · gold reward {ResultColumn.Show(gold[i])}" : "")}</p><p>{Html(model.Texts[i].Trim())}{(model.Responses.Ended[i] ? "" : " …")}</p></div>");
            }

            page.Append("</div>");
        }

        return page.Append("</main></body></html>\n").ToString();
    }

    private static void AppendTable(StringBuilder page, EvaluationResults results, IReadOnlyList<ResultColumn> columns)
    {
        page.Append("<div class=\"wide\"><table><tr><th>model</th>");
        page.AppendJoin("", columns.Select(column => $"<th>{Html(column.Title)}</th>")).Append("</tr>");
        foreach (var (name, model) in results.Models)
        {
            page.Append($"<tr><td>{Html(name)}</td>");
            page.AppendJoin("", columns.Select(column => $"<td>{column.Number(model)}<small>{column.Range(model)}</small></td>")).Append("</tr>");
        }

        page.Append("</table></div>");
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--ink:#1c1c1a;--soft:#6b6b66;--line:#e4e4de;--bar:#7fb0de;--a:#2f6fb3;--b:#c2571a;--c:#2b8a5b;--d:#8a4bb0}
        @media(prefers-color-scheme:dark){:root{--bg:#161615;--card:#1f1f1e;--ink:#eaeae6;--soft:#9a9a93;--line:#33332f;--bar:#356a9c;--a:#6aa9e9;--b:#f0925a;--c:#62c493;--d:#c292e6}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        main{max-width:1360px;margin:0 auto;padding:32px 24px}h1{margin:0;font-size:26px}h2{font-size:20px;margin:28px 0 0}h3{font-size:15px;margin:20px 0 8px}
        .soft{margin:4px 0 20px;color:var(--soft)}.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));gap:16px;margin-bottom:24px}
        figure,.card,.wide{background:var(--card);border:1px solid var(--line);border-radius:8px}figure{margin:0;padding:12px 14px;display:flex;flex-direction:column}
        figcaption{flex:1}figcaption b{display:block}figcaption span{display:block;color:var(--soft);font-size:12px;line-height:1.35;margin-bottom:8px}
        svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}svg text.value{fill:var(--ink)}rect{fill:var(--bar)}
        .zero{stroke:var(--line)}.whisker{stroke:var(--ink);stroke-width:1.4;fill:none}
        .wide{overflow-x:auto;padding:8px 14px}table{border-collapse:collapse;width:100%}th{font-weight:600;white-space:nowrap}th,td{text-align:right;padding:5px 10px}
        th:first-child,td:first-child{text-align:left}tr+tr td{border-top:1px solid var(--line)}td small{display:block;color:var(--soft);white-space:nowrap}
        .run0{--ink2:var(--a)}.run1{--ink2:var(--b)}.run2{--ink2:var(--c)}.run3{--ink2:var(--d)}.best{--ink2:var(--soft)}.own{--ink2:var(--ink)}
        polyline{fill:none;stroke:var(--ink2);stroke-width:1.8;stroke-linejoin:round}polyline.best{stroke-dasharray:5 4}circle{fill:var(--ink2)}
        figcaption i{font-style:normal;color:var(--ink2);font-weight:600;margin-right:8px}
        .responses{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,260px),1fr));gap:12px}.card{padding:8px 14px}.card p{margin:0;overflow-wrap:anywhere}
        """;
}
