using System.Net;
using System.Text;

namespace Alignment.Evaluation;

/// <summary>One column of the table as bars with their intervals: an SVG that takes its colours from the page's style sheet.</summary>
internal static class BarChart
{
    private const double Width = 420;
    private const double RowHeight = 30;
    private const double Left = 92;
    private const double Right = 64;
    private const double BarHeight = 14;

    /// <summary>The chart.</summary>
    /// <param name="column">What it shows.</param>
    /// <param name="results">Of which models.</param>
    public static string Draw(ResultColumn column, EvaluationResults results)
    {
        var values = results.Models.SelectMany(model => new[]
        {
            column.Value(model.Value), column.Interval(model.Value)?.Mean, column.Interval(model.Value)?.Low, column.Interval(model.Value)?.High, 0, column.IsShare ? 1 : 0,
        }).OfType<double>().ToList();
        var (low, high) = (values.Min(), Math.Max(values.Max(), values.Min() + 1e-9));
        double X(double value) => Left + ((value - low) / (high - low) * (Width - Left - Right));

        var svg = new StringBuilder(Invariant($"<svg viewBox=\"0 0 {Width} {(results.Models.Count * RowHeight) + 6}\" role=\"img\" aria-label=\"{Html(column.Title)}\">"));
        svg.Append(Invariant($"<line class=\"zero\" x1=\"{X(0):0.#}\" x2=\"{X(0):0.#}\" y1=\"0\" y2=\"{results.Models.Count * RowHeight:0.#}\"/>"));
        var middle = RowHeight / 2;
        foreach (var (name, model) in results.Models)
        {
            if ((column.Interval(model)?.Mean ?? column.Value(model)) is { } mean)
            {
                var (from, to) = (X(Math.Min(0, mean)), X(Math.Max(0, mean)));
                svg.Append(Invariant($"<text x=\"{Left - 8}\" y=\"{middle + 4:0.#}\" text-anchor=\"end\">{Html(Short(name))}</text>"));
                svg.Append(Invariant($"<rect x=\"{from:0.#}\" y=\"{middle - (BarHeight / 2):0.#}\" width=\"{to - from:0.#}\" height=\"{BarHeight}\" rx=\"2\"/>"));
                if (column.Interval(model) is { } interval)
                {
                    var (a, b) = (X(interval.Low), X(interval.High));
                    svg.Append(Invariant($"<path class=\"whisker\" d=\"M{a:0.#} {middle}H{b:0.#}M{a:0.#} {middle - 5}v10M{b:0.#} {middle - 5}v10\"><title>{Html(name)}: {ResultColumn.Show(interval.Low)} to {ResultColumn.Show(interval.High)}</title></path>"));
                }

                svg.Append(Invariant($"<text class=\"value\" x=\"{Width - 4}\" y=\"{middle + 4:0.#}\" text-anchor=\"end\">{ResultColumn.Show(mean)}</text>"));
            }

            middle += RowHeight;
        }

        return svg.Append("</svg>").ToString();
    }

    private static string Short(string name) => name.Length <= 13 ? name : name[..12] + "…";

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
