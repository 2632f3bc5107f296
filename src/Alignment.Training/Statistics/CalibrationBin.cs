using System.Text.Json.Serialization;

namespace Alignment.Training.Statistics;

/// <summary>Predictions of like probability, and what came true of them.</summary>
/// <param name="Count">How many.</param>
/// <param name="Probability">Their mean probability.</param>
/// <param name="Share">The share that came true.</param>
public readonly record struct CalibrationBin(
    [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("probability")] double Probability,
    [property: JsonPropertyName("share")] double Share);
