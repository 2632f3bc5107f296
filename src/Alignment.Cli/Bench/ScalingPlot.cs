using System.Text;
using Alignment.Core.Models;
using Alignment.Training.Metrics;

namespace Alignment.Cli.Bench;

/// <summary>The measurements of <see cref="ScalingBenchCommand"/> as a picture that stands alone: four plots from 0.</summary>
internal static class ScalingPlot
{
    private const int PlotWidth = 420;
    private const int PlotHeight = 220;
    private const int PanelWidth = 460;
    private const int PanelHeight = 310;
    private const int Head = 62;

    private const string Style = """
        text{font:12px system-ui,sans-serif;fill:#44443f}.title{font-size:14px;font-weight:600;fill:#1c1c1a}.grid{stroke:#e4e4de}
        .one{stroke:#2a6fb0;fill:#2a6fb0}.two{stroke:#c4651a;fill:#c4651a}.without{stroke:#8a8a84;fill:#8a8a84;stroke-dasharray:6 4}polyline{fill:none!important;stroke-width:2}circle{stroke:none}
        """;

    /// <summary>The file's text.</summary>
    /// <param name="config">The model.</param>
    /// <param name="points">What was measured.</param>
    public static string Draw(ModelConfig config, IReadOnlyList<ScalingPoint> points)
    {
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {2 * PanelWidth} {2 * PanelHeight}\"><style>{Style}</style><rect width=\"{2 * PanelWidth}\" height=\"{2 * PanelHeight}\" fill=\"#fff\"/>\n"));
        var tokens = points.Where(point => point.Series == ScalingSeries.Tokens).Max(point => point.Rows * point.Length);
        Panel(0, 0, "SFT: µs a token", "tokens of a row",
            Series(ScalingSeries.Tokens, "one", $"{tokens} tokens a step", point => point.MicrosecondsPerToken),
            Series(ScalingSeries.Row, "two", "one row a step", point => point.MicrosecondsPerToken),
            Series(ScalingSeries.Tokens, "without", "less the scores' share", point => point.MicrosecondsPerToken * (1 - BenchShape.ScoreShare(config, point.Length))));
        Panel(1, 0, "SFT: peak memory, MB", "tokens of a row",
            Series(ScalingSeries.Tokens, "one", $"{tokens} tokens a step", point => point.PeakMegabytes),
            Series(ScalingSeries.Row, "two", "one row a step", point => point.PeakMegabytes));
        Panel(0, 1, "DPO: peak memory, MB", "tokens of the prompt, or of each completion",
            Series(ScalingSeries.Prompt, "one", "prompt grows", point => point.PeakMegabytes),
            Series(ScalingSeries.Completion, "two", "completions grow", point => point.PeakMegabytes),
            Series(ScalingSeries.Prompt, "without", "prompt, with [2, T, V]", point => point.PeakMegabytes + point.DenseLogitMegabytes));
        Panel(1, 1, "DPO: MB besides weights, gradients, moments", "tokens of the vocabulary",
            Series(ScalingSeries.Vocabulary, "one", "vocabulary grows", point => point.MegabytesBesidesState),
            Series(ScalingSeries.Vocabulary, "without", "with [2, T, V]", point => point.MegabytesBesidesState + point.DenseLogitMegabytes));
        return svg.Append("</svg>\n").ToString();

        PlotSeries Series(ScalingSeries series, string style, string name, Func<ScalingPoint, double> value) =>
            new(name, style, [.. points.Where(point => point.Series == series).Select(point => ((double)point.X, value(point)))]);

        void Panel(int column, int row, string title, string axis, params PlotSeries[] series)
        {
            svg.Append(Invariant($"<g transform=\"translate({(column * PanelWidth) + 12},{row * PanelHeight})\"><text class=\"title\" x=\"8\" y=\"26\">{title}</text>"));
            var at = 8;
            foreach (var line in series)
            {
                svg.Append(Invariant($"<polyline class=\"{line.Style}\" points=\"{at},44 {at + 22},44\"/><text x=\"{at + 27}\" y=\"48\">{line.Name}</text>"));
                at += 44 + (int)(6.2 * line.Name.Length);
            }

            // A plot of its own inside of this one.
            var plot = SvgPlot.Draw(title, series, fromZero: true);
            svg.Append(Invariant($"<svg y=\"{Head}\" width=\"{PlotWidth}\" height=\"{PlotHeight}\"")).Append(plot.AsSpan("<svg".Length));
            svg.Append(Invariant($"<text x=\"{PlotWidth / 2}\" y=\"{Head + PlotHeight + 16}\" text-anchor=\"middle\">{axis}</text></g>\n"));
        }
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
