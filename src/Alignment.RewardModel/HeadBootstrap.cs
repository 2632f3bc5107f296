using System.Globalization;
using Alignment.Core.Numerics;

namespace Alignment.RewardModel;

/// <summary>How often a row counts for each head: Poisson(1), the bootstrap of a stream (Oza and Russell 2001, Section 3). A function of seed, head and row alone.</summary>
internal static class HeadBootstrap
{
    private const int Most = 16; // P(X > 16) is below 1e-15
    private const double Unit = 1.0 / (1L << 53);

    /// <summary>The row's weight for a head.</summary>
    /// <param name="seed">The stage's.</param>
    /// <param name="head">The head's number.</param>
    /// <param name="row">The row's number.</param>
    public static int Weight(long seed, int head, int row)
    {
        var uniform = (Seeds.Derive(seed, string.Create(CultureInfo.InvariantCulture, $"head-bootstrap/{head}/{row}")) >> 10) * Unit;
        var (count, probability) = (0, Math.Exp(-1));
        for (var cumulated = probability; uniform >= cumulated && count < Most; cumulated += probability)
        {
            count++;
            probability /= count;
        }

        return count;
    }
}
