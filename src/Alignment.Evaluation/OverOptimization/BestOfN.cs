namespace Alignment.Evaluation.OverOptimization;

/// <summary>Best-of-n sampling by a proxy reward, without sampling anew for each n: Gao et al. 2022, arXiv:2210.10760, Section 2.</summary>
internal static class BestOfN
{
    /// <summary>KL(best of n ‖ the model) = log n − (n − 1)/n, in nats: Stiennon et al. 2020, arXiv:2009.01325, Appendix G.3; an upper bound where the proxy has ties.</summary>
    public static double Kl(int n) => Math.Log(n) - ((n - 1.0) / n);

    /// <summary>1, 2, 4, ... and the most.</summary>
    public static IEnumerable<int> Sizes(int most)
    {
        for (var n = 1; n < most; n *= 2)
        {
            yield return n;
        }

        yield return most;
    }

    /// <summary>
    /// The unbiased estimate of the value of the best of n by the proxy, from k samples: Σ_i C(i − 1, n − 1) / C(k, n) · value of the i-th lowest proxy
    /// (Nakano et al. 2021, arXiv:2112.09332, Appendix I). Samples of the same proxy share their ranks' weights.
    /// </summary>
    /// <param name="proxy">k rewards, the ones that choose.</param>
    /// <param name="values">k values of the same samples.</param>
    /// <param name="n">From 1 to k.</param>
    public static double Expected(ReadOnlySpan<double> proxy, ReadOnlySpan<double> values, int n)
    {
        var (keys, order) = (proxy.ToArray(), Enumerable.Range(0, proxy.Length).ToArray());
        Array.Sort(keys, order);
        var sum = 0.0;
        for (var from = 0; from < keys.Length;)
        {
            var to = from;
            var (weight, total) = (0.0, 0.0);
            for (; to < keys.Length && keys[to] == keys[from]; to++)
            {
                weight += Weight(to + 1, n, keys.Length);
                total += values[order[to]];
            }

            sum += weight * total / (to - from);
            from = to;
        }

        return sum;
    }

    // C(i − 1, n − 1) / C(k, n) as a product, which neither overflows nor rounds to 0 early: n/i · Π_{j<n} (i − j)/(k − j)
    private static double Weight(int i, int n, int k)
    {
        if (i < n)
        {
            return 0;
        }

        var weight = (double)n / i;
        for (var j = 0; j < n; j++)
        {
            weight *= (double)(i - j) / (k - j);
        }

        return weight;
    }
}
