namespace Alignment.Labeling.Reports;

/// <summary>A stretch of an annotator's votes.</summary>
/// <param name="Vote">The number of its last vote.</param>
/// <param name="Agreement">The share that agrees with the majority of the others.</param>
public sealed record CoursePoint(int Vote, double Agreement);
