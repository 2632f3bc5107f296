namespace Alignment.Labeling.Agreement;

/// <summary>What one annotator said of one unit.</summary>
/// <param name="Annotator">Who.</param>
/// <param name="Value">The category, counted from 0; for ordinal coefficients the categories stand in their order.</param>
public readonly record struct Rating(string Annotator, int Value);
