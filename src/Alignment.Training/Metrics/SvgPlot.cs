using System.Globalization;
using System.Net;
using System.Text;

namespace Alignment.Training.Metrics;

/// <summary>Draws lines over steps as an SVG that takes its colours from the page's style sheet.</summary>
public static class SvgPlot
{
    private const double Width = 420;
    private const double Height = 220;
    private const double Left = 52;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 24;
    private const int MostPoints = 400;
    private const int WantedTicks = 4;

    /// <summary>The plot of one or more series that share a scale.</summary>
    /// <param name="title">What it shows, for readers who cannot see it.</param>
    /// <param name="series">The lines; at least one, none empty.</param>
    /// <param name="wholeSteps">Whether the x axis has whole numbers only.</param>
    /// <param name="fromZero">Whether both axes begin at 0, for amounts that are to be compared.</param>
    /// <returns>An svg element.</returns>
    public static string Draw(string title, IReadOnlyList<PlotSeries> series, bool wholeSteps = true, bool fromZero = false)
    {
        var points = series.SelectMany(line => line.Points).ToList();
        double[] least = fromZero ? [0] : [];
        var (xLow, xHigh) = Range(points.Select(point => point.X).Concat(least));
        var (yLow, yHigh) = Range(points.Select(point => point.Y).Concat(least));
        double X(double value) => Left + ((value - xLow) / (xHigh - xLow) * (Width - Left - Right));
        double Y(double value) => Height - Bottom - ((value - yLow) / (yHigh - yLow) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">"));
        foreach (var tick in Ticks(yLow, yHigh))
        {
            svg.Append(Invariant($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):0.#}\" y2=\"{Y(tick):0.#}\"/>"));
            svg.Append(Invariant($"<text x=\"{Left - 6}\" y=\"{Y(tick) + 4:0.#}\" text-anchor=\"end\">{Label(tick)}</text>"));
        }

        foreach (var tick in Ticks(xLow, xHigh).Where(tick => !wholeSteps || tick == Math.Floor(tick)))
        {
            svg.Append(Invariant($"<text x=\"{X(tick):0.#}\" y=\"{Height - 6}\" text-anchor=\"middle\">{Label(tick)}</text>"));
        }

        foreach (var line in series)
        {
            var shown = Thin(line.Points);
            var path = string.Join(" ", shown.Select(point => Invariant($"{X(point.X):0.#},{Y(point.Y):0.#}")));
            svg.Append(Invariant($"<polyline class=\"{line.Style}\" points=\"{path}\"/>"));
            var last = shown[^1];
            svg.Append(Invariant($"<circle class=\"{line.Style}\" cx=\"{X(last.X):0.#}\" cy=\"{Y(last.Y):0.#}\" r=\"2.5\"><title>{WebUtility.HtmlEncode(line.Name)}: {Label(last.Y)}</title></circle>"));
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>A number in four significant digits, or as many as it has before the point.</summary>
    /// <param name="value">The number.</param>
    public static string Label(double value) => value switch
    {
        0 => "0",
        _ when Math.Abs(value) is >= 1e6 or < 1e-3 => value.ToString("0.##e+0", CultureInfo.InvariantCulture),
        _ when Math.Abs(value) >= 1e4 => value.ToString("0", CultureInfo.InvariantCulture), // G4 would write powers of ten
        _ => value.ToString("G4", CultureInfo.InvariantCulture),
    };

    /// <summary>Round numbers (1, 2 or 5 times a power of ten apart) inside a range.</summary>
    /// <param name="low">The range's lower end.</param>
    /// <param name="high">Its upper end, above the lower one.</param>
    public static IEnumerable<double> Ticks(double low, double high)
    {
        var rough = (high - low) / WantedTicks;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var apart = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        for (var i = Math.Ceiling(low / apart); i * apart <= high + (apart * 1e-9); i++)
        {
            yield return Math.Round(i * apart, 12);
        }
    }

    /// <summary>Means over equal runs of points, when there are more than can be seen.</summary>
    internal static IReadOnlyList<(double X, double Y)> Thin(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count <= MostPoints)
        {
            return points;
        }

        var size = (points.Count + MostPoints - 1) / MostPoints;
        return [.. points.Chunk(size).Select(chunk => (chunk[^1].X, chunk.Average(point => point.Y)))];
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        var (low, high) = values.Aggregate((double.PositiveInfinity, double.NegativeInfinity), (range, value) => (Math.Min(range.Item1, value), Math.Max(range.Item2, value)));

        // What differs by rounding only is one value: ticks in between could not be told apart, nor counted.
        var room = high - low > Math.Max(Math.Abs(low), Math.Abs(high)) * 1e-9 ? 0 : Math.Max(Math.Abs(low) * 0.05, 1e-3);
        return (low - room, high + room);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
