using Alignment.Training.Statistics;

namespace Alignment.Labeling.Reports;

/// <summary>A model among those that wrote the candidates.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Comparisons">Votes in which it met another model.</param>
/// <param name="WinRate">The share that it won, ties half.</param>
/// <param name="Elo">Bradley-Terry's strength on Elo's scale, 1000 for the mean, with a bootstrap interval over tasks.</param>
public sealed record ModelRank(string Model, int Comparisons, double WinRate, Interval? Elo);
