using System.Net;
using System.Text;
using Alignment.Training.Metrics;
using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>Estimates as dots with their intervals, one a row: an SVG that takes its colours from the page's style sheet.</summary>
internal static class IntervalChart
{
    private const double Width = 560;
    private const double RowHeight = 28;
    private const double Left = 150;
    private const double Right = 60;
    private const double Bottom = 22;
    private const int LongestName = 22;

    /// <summary>The chart.</summary>
    /// <param name="title">For readers who cannot see it.</param>
    /// <param name="rows">Name and estimate of each; a row without one is left empty.</param>
    /// <param name="low">The left end of the scale; null takes the lowest value.</param>
    /// <param name="high">The right end; null takes the highest value.</param>
    /// <param name="mark">A value to mark by a line, such as what chance gives.</param>
    /// <param name="format">Of the number behind the row.</param>
    public static string Draw(string title, IReadOnlyList<(string Name, Interval? Value)> rows, double? low = null, double? high = null, double? mark = null, string format = "0.00")
    {
        double[] values = [.. rows.Select(row => row.Value).OfType<Interval>().SelectMany(value => new[] { value.Low, value.High }), .. new[] { low, high, mark }.OfType<double>()];
        var from = values.Length == 0 ? 0 : values.Min();
        var to = values.Length == 0 ? 1 : Math.Max(values.Max(), from + 1e-9);
        double X(double value) => Left + ((value - from) / (to - from) * (Width - Left - Right));

        var height = (rows.Count * RowHeight) + Bottom;
        var svg = new StringBuilder(Invariant($"<svg viewBox=\"0 0 {Width} {height:0.#}\" role=\"img\" aria-label=\"{Html(title)}\">"));
        foreach (var tick in SvgPlot.Ticks(from, to))
        {
            svg.Append(Invariant($"<line class=\"grid\" x1=\"{X(tick):0.#}\" x2=\"{X(tick):0.#}\" y1=\"0\" y2=\"{height - Bottom:0.#}\"/>"));
            svg.Append(Invariant($"<text x=\"{X(tick):0.#}\" y=\"{height - 6:0.#}\" text-anchor=\"middle\">{SvgPlot.Label(tick)}</text>"));
        }

        if (mark is { } marked)
        {
            svg.Append(Invariant($"<line class=\"mark\" x1=\"{X(marked):0.#}\" x2=\"{X(marked):0.#}\" y1=\"0\" y2=\"{height - Bottom:0.#}\"/>"));
        }

        var y = RowHeight / 2;
        foreach (var (name, value) in rows)
        {
            var shown = name.Length <= LongestName ? name : name[..(LongestName - 1)] + "…";
            svg.Append(Invariant($"<text class=\"name\" x=\"{Left - 12}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{Html(shown)}</text>"));
            svg.Append(Invariant($"<text class=\"value\" x=\"{Width - 4}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{Show.Number(value?.Mean, format)}</text>"));
            if (value is { } interval)
            {
                svg.Append(Invariant($"<line class=\"whisker\" x1=\"{X(interval.Low):0.#}\" x2=\"{X(interval.High):0.#}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>"));
                svg.Append(Invariant($"<circle class=\"dot\" cx=\"{X(interval.Mean):0.#}\" cy=\"{y:0.#}\" r=\"4.5\"><title>{Html(name)}: {Show.Number(interval.Mean, format)} {Show.Range(interval, format)}</title></circle>"));
            }

            y += RowHeight;
        }

        return svg.Append("</svg>").ToString();
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
