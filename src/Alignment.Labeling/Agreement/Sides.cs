using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Agreement;

/// <summary>Whether an annotator looks at the answers or at where they stand.</summary>
/// <param name="Choices">Choices whose order of showing is known, in the order of time.</param>
/// <param name="LongestRun">The most choices in a row at the same place.</param>
/// <param name="MostUsed">The share of the place chosen most often; null when there are no choices.</param>
/// <param name="Entropy">Of the places chosen, from 0 (always the same) to 1 (all equally often); null when there are no choices.</param>
public sealed record Sides(int Choices, int LongestRun, double? MostUsed, double? Entropy)
{
    private const double Unlikely = 0.01;

    /// <summary>
    /// Whether the longest run is too long for somebody who looks: among n choices of one of K equal places, n·K^(1−r) runs of length r or more are expected at most, and
    /// that is below 0.01.
    /// </summary>
    /// <param name="places">Candidates of a task, K.</param>
    public bool IsStraightLined(int places) => Choices > 0 && Choices * Math.Pow(places, 1 - LongestRun) < Unlikely;

    /// <summary>Looks at votes.</summary>
    /// <param name="votes">One annotator's votes, in the order of time.</param>
    /// <param name="places">The most candidates of a task, K.</param>
    public static Sides Of(IEnumerable<Vote> votes, int places)
    {
        ArgumentNullException.ThrowIfNull(votes);
        List<int> chosen = [.. votes.Select(Place).OfType<int>()];
        var (longest, run) = (0, 0);
        for (var i = 0; i < chosen.Count; i++)
        {
            run = i > 0 && chosen[i] == chosen[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        if (chosen.Count == 0)
        {
            return new(0, 0, null, null);
        }

        double[] shares = [.. chosen.CountBy(place => place).Select(pair => pair.Value / (double)chosen.Count)];
        return new(chosen.Count, longest, shares.Max(), Math.Max(0, -shares.Sum(share => share * Math.Log(share)) / Math.Log(places)));
    }

    /// <summary>Where the chosen candidate stood, counted from 0 at the left; null when nothing was chosen or nobody knows the order.</summary>
    /// <param name="vote">The vote.</param>
    public static int? Place(Vote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        return vote.Choice.Kind == VerdictKind.Choice && vote.Shown is { } shown ? shown.Index().First(one => one.Item == vote.Choice.Choice).Index : null;
    }
}
