using System.Globalization;
using System.Net;
using System.Text;
using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Data.Preview;

/// <summary>Rows as the tokens that training sees, as one page without script: learned tokens green; a token's id and position show where the pointer rests.</summary>
/// <param name="options">How rows become examples; with packing, rows are shown as the sequences that they share.</param>
public sealed class PreviewHtml(ExampleOptions options)
{
    /// <summary>The page's text.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>The page, and how many rows could not be used.</returns>
    public (string Page, int Bad) Build(IEnumerable<DataRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var page = new StringBuilder("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        page.Append($"<title>Data preview</title><style>{Style}</style></head><body><main><h1>Data preview</h1>");
        page.Append($"<p class=\"soft\">template {Html(options.Template.Name)} · {(options.Packing == Packing.None ? "" : "rows of one box share a sequence, none sees another · ")}<span class=\"t s\">learned</span> <span class=\"t\">seen only</span> <span class=\"t x\">special</span> · rest the pointer on a token for its id and position</p>");
        var bad = 0;
        foreach (var (id, parts, problem) in PreviewPart.All(rows, options))
        {
            bad += problem is null ? 0 : 1;
            page.Append($"<section><h2>{Html(id)}</h2>");
            if (problem is not null)
            {
                page.Append($"<p class=\"bad\">{Html(problem)}</p>");
            }

            foreach (var part in parts)
            {
                Append(page, part);
            }

            page.Append("</section>");
        }

        return (page.Append("</main></body></html>\n").ToString(), bad);
    }

    private void Append(StringBuilder page, PreviewPart part)
    {
        var spans = string.Join(", ", part.Spans().Select(span => string.Create(CultureInfo.InvariantCulture, $"{span.First}–{span.Last}")));
        var learned = part.Supervised.Count(one => one);
        page.Append(CultureInfo.InvariantCulture, $"<h3>{Html(part.Name)} <small>{part.Ids.Length} tokens, {learned} learned{(spans.Length > 0 ? $" ({spans})" : "")}</small></h3><div class=\"tokens\">");
        for (var i = 0; i < part.Ids.Length; i++)
        {
            var text = options.Tokenizer.TokenText(part.Ids[i]);
            var style = $"t{(part.Supervised[i] ? " s" : "")}{(options.Tokenizer.IsSpecial(part.Ids[i]) ? " x" : "")}";
            page.Append(i % 50 == 0 ? $"<i>{i}</i>" : "");
            page.Append(CultureInfo.InvariantCulture, $"<span class=\"{style}\" title=\"id {part.Ids[i]}, position {i}\">{Html(RowPreview.Visible(text))}</span>");
            for (var breaks = text.Count(c => c == '\n'); breaks > 0; breaks--)
            {
                page.Append("<br>");
            }
        }

        page.Append($"</div><details><summary>as one text</summary><pre>{Html(options.Tokenizer.Decode(part.Ids, skipSpecials: false))}</pre></details>");
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root{color-scheme:light dark;--bg:#fbfbf9;--card:#fff;--ink:#1c1c1a;--soft:#6b6b66;--line:#e4e4de;--see:#eeeeea;--learn:#bfe5c5;--bad:#b3261e}
        @media(prefers-color-scheme:dark){:root{--bg:#161615;--card:#1f1f1e;--ink:#eaeae6;--soft:#9a9a93;--line:#33332f;--see:#2b2b29;--learn:#215c30;--bad:#ff8a80}}
        *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}main{max-width:1100px;margin:0 auto;padding:32px 24px}h1{margin:0;font-size:26px}
        section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 16px 14px;margin:14px 0}h2{font-size:15px;margin:4px 0;overflow-wrap:anywhere}h3{font-size:14px;margin:10px 0 4px}small,.soft{color:var(--soft);font-weight:400}
        .tokens{font:13px/1.9 ui-monospace,monospace;overflow-wrap:anywhere}.t{background:var(--see);border-radius:3px;padding:1px 1px;margin-right:1px;white-space:pre-wrap}.t.s{background:var(--learn)}.t.x{outline:1px solid var(--soft);outline-offset:-1px}.tokens i{color:var(--soft);font:10px ui-monospace,monospace;margin:0 3px;user-select:none}
        pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:12.5px;border-top:1px solid var(--line);padding-top:8px}details{color:var(--soft);font-size:13px;margin-top:6px}.bad{color:var(--bad)}
        """;
}
