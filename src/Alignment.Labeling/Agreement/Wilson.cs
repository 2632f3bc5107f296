using Alignment.Training.Statistics;
using MathNet.Numerics.Distributions;

namespace Alignment.Labeling.Agreement;

/// <summary>The score interval of a share (Wilson 1927): (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n).</summary>
public static class Wilson
{
    private const double Upper = 0.975; // 95 %

    /// <summary>The share with its 95 % interval.</summary>
    /// <param name="successes">How often it was so.</param>
    /// <param name="trials">How often it might have been.</param>
    /// <returns>Null when there were no trials.</returns>
    public static Interval? Of(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        if (trials == 0)
        {
            return null;
        }

        var z = Normal.InvCDF(0, 1, Upper);
        var share = successes / (double)trials;
        var middle = share + (z * z / (2 * trials));
        var half = z * Math.Sqrt((share * (1 - share) / trials) + (z * z / (4.0 * trials * trials)));
        var scale = 1 + (z * z / trials);
        return new(share, Math.Max(0, (middle - half) / scale), Math.Min(1, (middle + half) / scale));
    }
}
