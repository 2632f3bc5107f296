namespace Alignment.Training.Metrics;

/// <summary>A plot of a report that is not about steps.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Series">Its lines; their names are the legend, except of those in style <c>grid</c>.</param>
public sealed record ReportFigure(string Title, IReadOnlyList<PlotSeries> Series);
