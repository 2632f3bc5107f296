using Alignment.Labeling.Agreement;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Reports;

/// <summary>Whether choices follow the place or the length of answers.</summary>
internal static class ChoiceBias
{
    /// <summary>The share of choices at the left, with a bootstrap interval over tasks.</summary>
    public static BiasShare Left(IReadOnlyList<VotedTask> tasks, Resampling resampling)
    {
        var sums = new UnitSums(2); // choices at the left, choices
        List<int> counts = [];
        foreach (var task in tasks)
        {
            var places = task.Decided.Select(Sides.Place).OfType<int>().ToList();
            counts.AddRange(places.Select(_ => task.Task.Candidates.Count));
            sums.Add([(0, places.Count(place => place == 0)), (1, places.Count)]);
        }

        return new(counts.Count, sums.Estimate(sum => sum[0] / sum[1], resampling), Expected(counts));
    }

    /// <summary>The share of one annotator's choices at the left, with Wilson's interval.</summary>
    public static BiasShare Left(IEnumerable<(Vote Vote, VotedTask Task)> votes)
    {
        var places = votes.Select(one => (Place: Sides.Place(one.Vote), one.Task.Task.Candidates.Count)).Where(choice => choice.Place is not null).ToList();
        return new(places.Count, Wilson.Of(places.Count(choice => choice.Place == 0), places.Count), Expected(places.Select(choice => choice.Count)));
    }

    /// <summary>The share of choices of the longest answer, in characters, where one is longer than all others; with a bootstrap interval over tasks.</summary>
    public static BiasShare Longer(IReadOnlyList<VotedTask> tasks, Resampling resampling)
    {
        var sums = new UnitSums(2); // choices of the longest, choices
        List<int> counts = [];
        foreach (var task in tasks)
        {
            var choices = task.Decided.Where(vote => vote.Choice.Kind == VerdictKind.Choice).ToList();
            if (Longest(task.Task) is { } longest)
            {
                counts.AddRange(choices.Select(_ => task.Task.Candidates.Count));
                sums.Add([(0, choices.Count(vote => vote.Choice.Choice == longest)), (1, choices.Count)]);
            }
        }

        return new(counts.Count, sums.Estimate(sum => sum[0] / sum[1], resampling), Expected(counts));
    }

    private static int? Longest(LabelTask task)
    {
        var byLength = task.Candidates.Index().OrderByDescending(one => one.Item.Text.Length).Take(2).ToList();
        return byLength[0].Item.Text.Length > byLength[1].Item.Text.Length ? byLength[0].Index : null;
    }

    private static double Expected(IEnumerable<int> candidates) => candidates.Select(count => 1.0 / count).DefaultIfEmpty(0.5).Average();
}
