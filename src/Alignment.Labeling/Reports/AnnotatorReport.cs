using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>One annotator.</summary>
/// <param name="Annotator">The name.</param>
/// <param name="IsJudge">Whether it is a judge, no person.</param>
/// <param name="Votes">Votes, skips left out.</param>
/// <param name="Skips">Skips.</param>
/// <param name="Ties">Ties among the votes.</param>
/// <param name="BothBad">Both-bads among the votes.</param>
/// <param name="Majority">The share of votes that agree with the majority of the others, with Wilson's interval; tasks without such a majority do not count.</param>
/// <param name="MajorityTasks">The tasks behind it.</param>
/// <param name="People">Cohen's κ between the votes and the majority of the other people, with a bootstrap interval over tasks.</param>
/// <param name="PeopleTasks">The tasks behind it.</param>
/// <param name="Gold">The share of gold tasks answered right, with Wilson's interval.</param>
/// <param name="GoldTasks">The tasks behind it.</param>
/// <param name="MedianSeconds">The median time for a vote.</param>
/// <param name="Early">Agreement with the majority of the others in the first half of the votes.</param>
/// <param name="Late">The same in the second half.</param>
/// <param name="EarlySeconds">The median time in the first half of the votes.</param>
/// <param name="LateSeconds">The same in the second half.</param>
/// <param name="Left">The share of choices at the left.</param>
/// <param name="LongestRun">The most choices in a row at the same place.</param>
/// <param name="MostUsedPlace">The share of the place chosen most often.</param>
/// <param name="PlaceEntropy">Of the places chosen, from 0 (always the same) to 1 (all equally often).</param>
/// <param name="StraightLined">Whether the longest run is too long for chance (docs/labelling.md).</param>
/// <param name="Course">Agreement with the majority of the others in successive tenths of the votes: the last vote's number and the share.</param>
/// <param name="Orders">How a judge's verdicts held when answers changed places; null for people.</param>
public sealed record AnnotatorReport(
    string Annotator,
    bool IsJudge,
    int Votes,
    int Skips,
    int Ties,
    int BothBad,
    Interval? Majority,
    int MajorityTasks,
    Interval? People,
    int PeopleTasks,
    Interval? Gold,
    int GoldTasks,
    double? MedianSeconds,
    Interval? Early,
    Interval? Late,
    double? EarlySeconds,
    double? LateSeconds,
    BiasShare Left,
    int LongestRun,
    double? MostUsedPlace,
    double? PlaceEntropy,
    bool StraightLined,
    IReadOnlyList<CoursePoint> Course,
    OrderReport? Orders);
