namespace Alignment.Training.Metrics;

/// <summary>One line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">Optimizer steps done when it was written; 0 is before the first.</param>
/// <param name="Values">Names and values in the order of the line; NaN stands for the file's null.</param>
/// <param name="Time">When it was written: the only part that differs between two equal runs.</param>
public sealed record MetricsLine(long Step, IReadOnlyList<KeyValuePair<string, double>> Values, DateTimeOffset Time);
