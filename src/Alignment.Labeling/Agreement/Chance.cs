namespace Alignment.Labeling.Agreement;

/// <summary>The correction for chance that the kappas share.</summary>
internal static class Chance
{
    private const double Always = 1 - 1e-12;

    /// <summary>(observed − expected) / (1 − expected); NaN when chance alone explains full agreement.</summary>
    public static double Corrected(double observed, double expected) =>
        expected >= Always ? double.NaN : (observed - expected) / (1 - expected);
}
