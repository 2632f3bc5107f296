namespace Alignment.Training.Metrics;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Style">CSS class of the page that shows it, such as <c>train</c> or <c>eval</c>.</param>
/// <param name="Points">Step and value, steps ascending, values finite.</param>
public sealed record PlotSeries(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);
