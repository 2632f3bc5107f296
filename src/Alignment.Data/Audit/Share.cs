namespace Alignment.Data.Audit;

/// <summary>A share of some trials with its 95 % interval: the score interval of Wilson (1927), (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n).</summary>
/// <param name="Count">How often it was so.</param>
/// <param name="Of">How often it might have been.</param>
public readonly record struct Share(long Count, long Of)
{
    private const double Z = 1.959963984540054; // the normal distribution's quantile at 0.975

    /// <summary>The share; 0 of no trials.</summary>
    public double Value => Of == 0 ? 0 : (double)Count / Of;

    /// <summary>The lower end of the interval.</summary>
    public double Low => Of == 0 ? 0 : Math.Max(0, Middle - Half);

    /// <summary>The upper end of the interval.</summary>
    public double High => Of == 0 ? 1 : Math.Min(1, Middle + Half);

    private double Scale => 1 + (Z * Z / Of);

    private double Middle => (Value + (Z * Z / (2 * Of))) / Scale;

    private double Half => Z * Math.Sqrt((Value * (1 - Value) / Of) + (Z * Z / (4.0 * Of * Of))) / Scale;
}
