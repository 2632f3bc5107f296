namespace Alignment.Labeling.Agreement;

/// <summary>Agreement of rankings of the same K candidates. A ranking names candidates from the best to the worst, without ties.</summary>
public static class Kendall
{
    /// <summary>τ of two rankings: (concordant − discordant) pairs / (K (K − 1) / 2), from −1 (reversed) to 1 (the same) (Kendall 1938).</summary>
    /// <param name="first">K candidates, the best first.</param>
    /// <param name="second">The same candidates in another order.</param>
    public static double Tau(IReadOnlyList<int> first, IReadOnlyList<int> second)
    {
        var (a, b) = (Ranks(first), Ranks(second));
        double sum = 0;
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                sum += Math.Sign(a[i] - a[j]) * Math.Sign(b[i] - b[j]);
            }
        }

        return sum / (a.Length * (a.Length - 1) / 2);
    }

    /// <summary>Concordance of m rankings: W = 12 S / (m² (K³ − K)), S the sum of squares of the candidates' rank sums about their mean; 0 is chance, 1 is all the same
    /// (Kendall and Babington Smith 1939).</summary>
    /// <param name="rankings">m rankings of the same K candidates.</param>
    public static double W(IReadOnlyList<IReadOnlyList<int>> rankings)
    {
        ArgumentNullException.ThrowIfNull(rankings);
        var candidates = rankings[0].Count;
        var sums = new double[candidates];
        foreach (var ranking in rankings)
        {
            foreach (var (place, candidate) in ranking.Index())
            {
                sums[candidate] += place + 1;
            }
        }

        var mean = sums.Average();
        var m = (double)rankings.Count;
        return 12 * sums.Sum(sum => (sum - mean) * (sum - mean)) / (m * m * candidates * ((candidates * candidates) - 1));
    }

    /// <summary>The mean τ over pairs of rankings of one task, and the mean W over tasks.</summary>
    /// <param name="tasks">Tasks with votes; those with two rankings or more count.</param>
    /// <param name="resampling">For the intervals over tasks.</param>
    public static KendallResult Of(IReadOnlyList<VotedTask> tasks, Resampling resampling)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var sums = new UnitSums(4); // Σ τ, pairs, Σ W, tasks
        var used = 0;
        foreach (var task in tasks)
        {
            List<IReadOnlyList<int>> rankings = [.. task.Decided.Select(vote => vote.Ranking).OfType<IReadOnlyList<int>>()];
            if (rankings.Count < 2)
            {
                continue;
            }

            used++;
            double tau = 0;
            for (var i = 0; i < rankings.Count; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    tau += Tau(rankings[i], rankings[j]);
                }
            }

            sums.Add([(0, tau), (1, rankings.Count * (rankings.Count - 1) / 2), (2, W(rankings)), (3, 1)]);
        }

        var both = used == 0 ? [null, null] : sums.EstimateAll(sum => [sum[0] / sum[1], sum[2] / sum[3]], resampling);
        return new(both[0], both[1], used);
    }

    private static int[] Ranks(IReadOnlyList<int> ranking)
    {
        var ranks = new int[ranking.Count];
        foreach (var (place, candidate) in ranking.Index())
        {
            ranks[candidate] = place;
        }

        return ranks;
    }
}
