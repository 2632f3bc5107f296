namespace Alignment.Core.Generation;

/// <summary>
/// The chance of one sequence: a uniform number for each step as a pure function of (seed, step), so that a sequence's text depends
/// neither on its neighbours in the batch nor on the order in which they finish. SplitMix64 (Steele, Lea and Flood 2014) as a hash.
/// </summary>
public static class SequenceRandom
{
    /// <summary>The uniform number of one step.</summary>
    /// <param name="seed">The sequence's seed.</param>
    /// <param name="step">The position in the response, from 0.</param>
    /// <returns>A multiple of 2⁻⁵³ in [0, 1).</returns>
    public static double Uniform(long seed, int step) => (Mix(Mix((ulong)seed) + (ulong)step) >> 11) * (1.0 / (1UL << 53));

    private static ulong Mix(ulong z)
    {
        z += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
