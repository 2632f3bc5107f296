using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Reports;

/// <summary>Makes the agreement report.</summary>
public static class AgreementReports
{
    /// <summary>Computes everything.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="tasks">Tasks with votes.</param>
    /// <param name="resampling">For the bootstrap intervals.</param>
    public static AgreementReport Of(string project, IReadOnlyList<VotedTask> tasks, Resampling resampling)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var nominal = VoteRatings.Nominal(tasks);
        var decided = tasks.SelectMany(task => task.Decided).ToList();
        var (pairs, mean) = CohenKappa.Pairwise(nominal, resampling);
        var report = new AgreementReport(
            project,
            tasks.Count,
            tasks.Count(task => task.Decided.Any()),
            tasks.Count(task => task.Task.Gold is not null),
            decided.Count,
            tasks.Sum(task => task.Votes.Count) - decided.Count,
            decided.Count(vote => vote.Choice.Kind == VerdictKind.Tie),
            decided.Count(vote => vote.Choice.Kind == VerdictKind.BothBad),
            tasks.Count(task => task.Settled is not null),
            tasks.Count(task => task.Settled is null && task.Decided.Any() && task.Majority() is null),
            new SortedDictionary<int, int>(tasks.CountBy(task => task.Decided.Count()).ToDictionary()),
            RawAgreement.Of(nominal, resampling),
            mean,
            pairs,
            FleissKappa.Of(nominal, resampling),
            KrippendorffAlpha.Nominal(nominal, resampling),
            KrippendorffAlpha.Ordinal(VoteRatings.Ordinal(tasks), resampling),
            Kendall.Of(tasks, resampling),
            ChoiceBias.Left(tasks, resampling),
            ChoiceBias.Longer(tasks, resampling),
            AnnotatorReports.Of(tasks, resampling),
            ModelRanks.Of(tasks, resampling),
            []);
        return report with { Notes = [.. ReportNotes.Of(report)] };
    }
}
