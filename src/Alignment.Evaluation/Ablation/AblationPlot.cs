using System.Text;
using Alignment.Training.Metrics;

namespace Alignment.Evaluation.Ablation;

/// <summary>The results as a picture that stands alone: lines through the means, a dot for each model, guessing as a dotted line.</summary>
internal static class AblationPlot
{
    private const double Width = 720;
    private const double Height = 420;
    private const double Left = 64;
    private const double Right = 24;
    private const double Top = 56;
    private const double Bottom = 56;

    private const string Style = """
        text{font:13px system-ui,sans-serif;fill:#44443f}.title{font-size:15px;font-weight:600;fill:#1c1c1a}.grid{stroke:#e4e4de}.chance{stroke:#8a8a84;stroke-dasharray:2 4;stroke-width:1.5}
        .mean{stroke:#2a6fb0;fill:#2a6fb0}.best{stroke:#c4651a;fill:#c4651a}polyline{fill:none!important;stroke-width:2.2}polyline.best{stroke-dasharray:7 4}circle{stroke:none;opacity:.55}
        """;

    /// <summary>The file's text.</summary>
    /// <param name="results">The results.</param>
    public static string Draw(AblationResults results)
    {
        var points = results.Points.ToList();
        var values = results.Scores.SelectMany(score => (double[])[score.Mean, score.Best]).Append(results.Chance).ToList();
        var (low, high) = (Math.Max(0, values.Min() - 0.05), Math.Min(1, values.Max() + 0.05));
        var most = Math.Max(1, points[^1].Key);
        var first = points[0].Key;
        double X(double clusters) => Left + ((clusters - first) / (most - first) * (Width - Left - Right));
        double Y(double accuracy) => Height - Bottom - ((accuracy - low) / (high - low) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"Zero-shot accuracy on held-out tasks against the number of task clusters in training\"><style>{Style}</style><rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n"));
        svg.Append(Invariant($"<text class=\"title\" x=\"{Left}\" y=\"22\">Zero-shot accuracy on held-out tasks</text>\n"));
        foreach (var tick in SvgPlot.Ticks(low, high))
        {
            svg.Append(Invariant($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\"/><text x=\"{Left - 8}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{tick:0.##}</text>\n"));
        }

        foreach (var point in points)
        {
            svg.Append(Invariant($"<text x=\"{X(point.Key):0.#}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\">{point.Key}</text>\n"));
        }

        svg.Append(Invariant($"<text x=\"{(Left + Width - Right) / 2:0.#}\" y=\"{Height - 12}\" text-anchor=\"middle\">task clusters in training</text>\n"));
        svg.Append(Invariant($"<line class=\"chance\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(results.Chance):0.#}\" y2=\"{Y(results.Chance):0.#}\"/>\n"));
        Series("best", score => score.Best);
        Series("mean", score => score.Mean);
        Legend(0, "polyline class=\"mean\"", "mean over templates");
        Legend(180, "polyline class=\"best\"", "best template");
        Legend(320, "polyline class=\"chance\"", "guessing");
        return svg.Append("</svg>\n").ToString();

        void Series(string style, Func<HeldOutScore, double> value)
        {
            svg.Append(Invariant($"<polyline class=\"{style}\" points=\"{string.Join(' ', points.Select(point => Invariant($"{X(point.Key):0.#},{Y(point.Average(value)):0.#}")))}\"/>\n"));
            foreach (var score in results.Scores)
            {
                svg.Append(Invariant($"<circle class=\"{style}\" cx=\"{X(score.Clusters):0.#}\" cy=\"{Y(value(score)):0.#}\" r=\"4\"><title>{System.Net.WebUtility.HtmlEncode(score.Model)}: {value(score):0.000}</title></circle>\n"));
            }
        }

        void Legend(double at, string line, string text) => svg.Append(Invariant(
            $"<{line} points=\"{Left + at:0.#},39 {Left + at + 26:0.#},39\"/><text x=\"{Left + at + 32:0.#}\" y=\"43\">{text}</text>\n"));
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
