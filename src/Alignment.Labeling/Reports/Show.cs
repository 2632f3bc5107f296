using System.Globalization;
using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>Numbers as the table and the page show them.</summary>
internal static class Show
{
    public const string Nothing = "–";

    public static string Number(double? value, string format = "0.00") => value?.ToString(format, CultureInfo.InvariantCulture) ?? Nothing;

    public static string Range(Interval? interval, string format = "0.00") => interval is { } i
        ? string.Create(CultureInfo.InvariantCulture, $"[{i.Low.ToString(format, CultureInfo.InvariantCulture)}, {i.High.ToString(format, CultureInfo.InvariantCulture)}]")
        : "";

    public static string Share(double? value) => value is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0}%") : Nothing;

    public static string Shares(Interval? interval) => interval is { } i ? string.Create(CultureInfo.InvariantCulture, $"{100 * i.Low:0}–{100 * i.High:0}%") : "";

    public static string Overlap(AgreementReport report) => string.Join(" · ", report.Overlap.Select(pair => $"{pair.Value} with {pair.Key} vote{(pair.Key == 1 ? "" : "s")}"));

    /// <summary>The coefficients with what each is of.</summary>
    public static IEnumerable<(string Name, Interval? Value, string Of)> Coefficients(AgreementReport report)
    {
        yield return ("raw agreement", report.RawAgreement, "pairs of votes that agree, not corrected for chance");
        yield return ("Cohen's κ", report.CohenKappa, $"mean over {report.CohenPairs.Count} pair{(report.CohenPairs.Count == 1 ? "" : "s")} of annotators");
        yield return ("Fleiss' κ", report.FleissKappa.Kappa, $"{report.FleissKappa.Tasks} tasks with {report.FleissKappa.Raters} votes each");
        yield return ("Krippendorff's α", report.AlphaNominal, "verdicts without an order, any overlap");
        yield return ("α, ordinal", report.AlphaOrdinal, "preference with strength, tasks with two candidates");
        if (report.Kendall.Tasks > 0)
        {
            yield return ("Kendall's τ", report.Kendall.Tau, $"pairs of rankings of one task, {report.Kendall.Tasks} tasks");
            yield return ("Kendall's W", report.Kendall.W, $"concordance of the rankings of one task, mean over {report.Kendall.Tasks} tasks");
        }
    }
}
