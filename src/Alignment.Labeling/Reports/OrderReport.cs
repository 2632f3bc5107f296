using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;
using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>How a judge's verdicts held when answers changed places.</summary>
/// <param name="Pairs">Pairs that were judged in both orders.</param>
/// <param name="Differ">The share on which the two orders say different things, with Wilson's interval.</param>
/// <param name="First">Pairs on which both orders chose the answer that stood first.</param>
/// <param name="Last">Pairs on which both orders chose the answer that stood last.</param>
public sealed record OrderReport(int Pairs, Interval? Differ, int First, int Last)
{
    /// <summary>Adds up the votes of one annotator; null when none was given in two orders.</summary>
    internal static OrderReport? Of(IEnumerable<Vote> votes)
    {
        var checks = votes.Select(vote => vote.Orders).OfType<OrderCheck>().ToList();
        var pairs = checks.Sum(check => check.Pairs);
        return checks.Count == 0 ? null : new(pairs, Wilson.Of(checks.Sum(check => check.Differ), pairs), checks.Sum(check => check.First), checks.Sum(check => check.Last));
    }
}
