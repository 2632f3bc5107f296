using System.Net;
using System.Text;
using Alignment.Training.Metrics;

namespace Alignment.Evaluation.OverOptimization;

/// <summary>One reward over √KL: a line for each run, broken for best-of-n, dots for models. An SVG that takes its colours from the page's style sheet.</summary>
internal static class RewardCurves
{
    private const double Width = 420;
    private const double Height = 250;
    private const double Left = 52;
    private const double Right = 14;
    private const double Top = 12;
    private const double Bottom = 38;
    private const int Colours = 4;

    /// <summary>The runs' names in their colours, as HTML.</summary>
    public static string Legend(OverOptimizationResults results) =>
        string.Join(" ", results.Runs().Select((run, i) => $"<i class=\"{Style(run.Key, i)}\">{Html(run.Key)}</i>"));

    /// <summary>The plot.</summary>
    /// <param name="results">The points.</param>
    /// <param name="measure">Which reward.</param>
    public static string Draw(OverOptimizationResults results, RewardMeasure measure)
    {
        var known = results.Points.Where(point => measure.Of(point) is not null).ToList();
        var (low, high) = (known.Min(point => measure.Of(point)!.Value), known.Max(point => measure.Of(point)!.Value));
        var room = Math.Max((high - low) * 0.06, 1e-3);
        (low, high) = (low - room, high + room);
        var far = Math.Max(known.Max(point => point.SqrtKl) * 1.04, 1e-3);
        double X(double value) => Left + (value / far * (Width - Left - Right));
        double Y(double value) => Height - Bottom - ((value - low) / (high - low) * (Height - Top - Bottom));

        var svg = new StringBuilder(Invariant($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Html(measure.Title)} over √KL\">"));
        foreach (var tick in SvgPlot.Ticks(low, high))
        {
            svg.Append(Invariant($"<line class=\"zero\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\"/><text x=\"{Left - 6}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{SvgPlot.Label(tick)}</text>"));
        }

        foreach (var tick in SvgPlot.Ticks(0, far))
        {
            svg.Append(Invariant($"<text x=\"{X(tick):0.#}\" y=\"{Height - Bottom + 16:0.#}\" text-anchor=\"middle\">{SvgPlot.Label(tick)}</text>"));
        }

        svg.Append(Invariant($"<text x=\"{(Left + Width - Right) / 2:0.#}\" y=\"{Height - 5:0.#}\" text-anchor=\"middle\">√KL from {Html(results.Reference)}</text>"));
        var place = 0;
        foreach (var run in results.Runs())
        {
            var style = Style(run.Key, place++);
            var points = run.Where(point => measure.Of(point) is not null).ToList();
            svg.Append($"<polyline class=\"{style}\" points=\"{string.Join(" ", points.Select(point => Invariant($"{X(point.SqrtKl):0.#},{Y(measure.Of(point)!.Value):0.#}")))}\"/>");
            foreach (var point in points)
            {
                Dot(point, style);
            }
        }

        foreach (var point in known.Where(point => point.Run is null))
        {
            Dot(point, "own");
            var isRight = X(point.SqrtKl) > Width / 2;
            svg.Append(Invariant($"<text class=\"value\" x=\"{X(point.SqrtKl) + (isRight ? -7 : 7):0.#}\" y=\"{Y(measure.Of(point)!.Value) - 5:0.#}\" text-anchor=\"{(isRight ? "end" : "start")}\">{Html(point.Model)}</text>"));
        }

        return svg.Append("</svg>").ToString();

        void Dot(RewardPoint point, string style) => svg.Append(Invariant(
            $"<circle class=\"{style}\" cx=\"{X(point.SqrtKl):0.#}\" cy=\"{Y(measure.Of(point)!.Value):0.#}\" r=\"3\"><title>{Html(point.Model)}: {SvgPlot.Label(measure.Of(point)!.Value)} at √KL {SvgPlot.Label(point.SqrtKl)}</title></circle>"));
    }

    private static string Style(string run, int place) => run == RewardPoint.BestOfN ? "best" : FormattableString.Invariant($"run{place % Colours}");

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
