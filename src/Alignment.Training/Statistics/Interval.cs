using System.Text.Json.Serialization;

namespace Alignment.Training.Statistics;

/// <summary>A mean with its 95 % interval.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of the interval.</param>
public readonly record struct Interval(
    [property: JsonPropertyName("mean")] double Mean,
    [property: JsonPropertyName("ci_low")] double Low,
    [property: JsonPropertyName("ci_high")] double High);
