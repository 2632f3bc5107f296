using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;
using Alignment.Training.Statistics;
using MathNet.Numerics.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>What the report says of each annotator.</summary>
internal static class AnnotatorReports
{
    private const int Stretches = 10;

    public static IReadOnlyList<AnnotatorReport> Of(IReadOnlyList<VotedTask> tasks, Resampling resampling)
    {
        var people = new PeopleAgreement(tasks, resampling);
        var places = VoteRatings.Candidates(tasks);
        return [.. tasks.SelectMany(task => task.Votes.Select(vote => (Vote: vote, Task: task)))
            .GroupBy(one => one.Vote.Annotator, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Of(group.Key, [.. group.OrderBy(one => one.Vote.At)], places, people))];
    }

    private static AnnotatorReport Of(string annotator, List<(Vote Vote, VotedTask Task)> all, int places, PeopleAgreement people)
    {
        var (kappa, kappaTasks) = people.Kappa(annotator);
        var decided = all.Where(one => one.Vote.Choice.Kind != VerdictKind.Skip).ToList();
        var agrees = decided.Select(one => one.Task.Majority(without: annotator) is { } majority ? one.Vote.Choice == majority : (bool?)null).ToList();
        var gold = decided.Where(one => one.Task.Task.Gold is not null).ToList();
        var half = decided.Count / 2;
        var sides = Sides.Of(decided.Select(one => one.Vote), places);
        return new(
            annotator,
            people.IsJudge(annotator),
            decided.Count,
            all.Count - decided.Count,
            decided.Count(one => one.Vote.Choice.Kind == VerdictKind.Tie),
            decided.Count(one => one.Vote.Choice.Kind == VerdictKind.BothBad),
            Share(agrees),
            agrees.OfType<bool>().Count(),
            kappa,
            kappaTasks,
            Wilson.Of(gold.Count(one => one.Vote.Choice == one.Task.Task.Gold), gold.Count),
            gold.Count,
            Median(decided),
            Share(agrees.Take(half)),
            Share(agrees.Skip(half)),
            Median(decided.Take(half)),
            Median(decided.Skip(half)),
            ChoiceBias.Left(decided),
            sides.LongestRun,
            sides.MostUsed,
            sides.Entropy,
            sides.IsStraightLined(places),
            Course(agrees),
            OrderReport.Of(decided.Select(one => one.Vote)));
    }

    private static Interval? Share(IEnumerable<bool?> agrees)
    {
        var known = agrees.OfType<bool>().ToList();
        return Wilson.Of(known.Count(right => right), known.Count);
    }

    private static double? Median(IEnumerable<(Vote Vote, VotedTask Task)> votes)
    {
        double[] seconds = [.. votes.Select(one => one.Vote.Seconds).OfType<double>()];
        return seconds.Length == 0 ? null : seconds.Median();
    }

    private static List<CoursePoint> Course(List<bool?> agrees)
    {
        List<CoursePoint> course = [];
        var number = 0;
        foreach (var stretch in agrees.Chunk(Math.Max(1, (agrees.Count + Stretches - 1) / Stretches)))
        {
            number += stretch.Length;
            if (Share(stretch) is { } share)
            {
                course.Add(new(number, share.Mean));
            }
        }

        return course;
    }
}
