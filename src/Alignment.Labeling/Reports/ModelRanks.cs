using Alignment.Labeling.Agreement;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Reports;

/// <summary>Ranks the models that wrote the candidates by the votes. A choice among K candidates is K − 1 wins that weigh one vote together, a ranking K (K − 1) / 2 wins; a tie,
/// or both bad, is half a win for everybody against everybody.</summary>
internal static class ModelRanks
{
    public static IReadOnlyList<ModelRank> Of(IReadOnlyList<VotedTask> tasks, Resampling resampling)
    {
        List<string> models = [.. tasks.SelectMany(task => task.Task.Candidates).Select(candidate => candidate.Model).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        var numbers = models.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        var (count, size) = (models.Count, models.Count * models.Count);
        var sums = new UnitSums(size);
        var met = new int[count];
        foreach (var task in tasks)
        {
            int?[] writers = [.. task.Task.Candidates.Select(candidate => candidate.Model is { } model ? numbers[model] : (int?)null)];
            List<(int, double)> wins = [];
            foreach (var vote in task.Decided)
            {
                HashSet<int> seen = [];
                foreach (var (winner, loser, weight) in Wins(vote, writers))
                {
                    wins.Add(((winner * count) + loser, weight));
                    seen.UnionWith([winner, loser]);
                }

                foreach (var model in seen)
                {
                    met[model]++;
                }
            }

            sums.Add(wins);
        }

        if (met.Count(votes => votes > 0) < 2)
        {
            return [];
        }

        var total = sums.Total();
        var elo = sums.EstimateAll(all => [.. BradleyTerry.Fit(Table(all, count)).Select(strength => BradleyTerry.EloMean + (strength * BradleyTerry.EloPerUnit))], resampling);
        return [.. Enumerable.Range(0, count).Where(i => met[i] > 0).Select(i =>
        {
            var won = Enumerable.Range(0, count).Sum(j => total[(i * count) + j]);
            var lost = Enumerable.Range(0, count).Sum(j => total[(j * count) + i]);
            return new ModelRank(models[i], met[i], won / (won + lost), elo[i]);
        }).OrderByDescending(rank => rank.Elo?.Mean)];
    }

    private static IEnumerable<(int Winner, int Loser, double Weight)> Wins(Vote vote, int?[] writers)
    {
        var weight = 1.0 / (writers.Length - 1);
        var places = vote.Ranking?.Index().OrderBy(one => one.Item).Select(one => one.Index).ToArray();
        for (var i = 0; i < writers.Length; i++)
        {
            for (var j = 0; j < writers.Length; j++)
            {
                if (i == j || writers[i] is not { } first || writers[j] is not { } second || first == second)
                {
                    continue;
                }

                if (vote.Choice.Kind != VerdictKind.Choice)
                {
                    // Of K(K − 1)/2 pairs each gets a share of one vote, half of it for either side.
                    yield return (first, second, weight / writers.Length);
                }
                else if (places is not null)
                {
                    if (places[i] < places[j])
                    {
                        yield return (first, second, 2 * weight / writers.Length);
                    }
                }
                else if (vote.Choice.Choice == i)
                {
                    yield return (first, second, weight);
                }
            }
        }
    }

    private static double[,] Table(double[] sums, int count)
    {
        var table = new double[count, count];
        for (var i = 0; i < sums.Length; i++)
        {
            table[i / count, i % count] = sums[i];
        }

        return table;
    }
}
