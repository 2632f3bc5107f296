using Alignment.Training.Metrics;
using Alignment.Training.Statistics;

namespace Alignment.RewardModel;

/// <summary>The reliability diagram: how sure the model is of its choice between two responses, and how often it is right; on the diagonal it is as sure as it should be.</summary>
internal static class ReliabilityFigure
{
    /// <summary>The figure; null without decided pairs.</summary>
    /// <param name="scores">Held-out groups.</param>
    /// <param name="temperature">That was fitted; null without.</param>
    public static ReportFigure? Of(GroupScores scores, double? temperature)
    {
        double[] labels = [.. scores.Labels], differences = [.. scores.Differences];
        var raw = PairRanking.Of(labels, differences).Reliability;
        if (raw.Count == 0)
        {
            return null;
        }

        List<PlotSeries> series = [new("calibrated", "grid", [(0.5, 0.5), (1, 1)]), Line("as it is", "train", raw)];
        if (temperature is { } t)
        {
            series.Add(Line(FormattableString.Invariant($"temperature {t:0.##}"), "eval", PairRanking.Of(labels, [.. differences.Select(difference => difference / t)]).Reliability));
        }

        return new ReportFigure("reliability: share of right choices over confidence", series);
    }

    private static PlotSeries Line(string name, string style, IReadOnlyList<CalibrationBin> bins) => new(name, style, [.. bins.Select(bin => (bin.Probability, bin.Share))]);
}
