using Alignment.Data.Loading;
using Alignment.Training.Runs;

namespace Alignment.RewardModel;

/// <summary>Files to groups that a loss can learn from.</summary>
/// <param name="kind">The loss.</param>
/// <param name="sets">Reads files.</param>
/// <param name="session">Takes the counts.</param>
internal sealed class RewardData(RewardLossKind kind, DataSets sets, StageSession session)
{
    /// <summary>The groups of some files.</summary>
    /// <param name="name">What they are for: <c>train</c>, <c>eval</c>.</param>
    /// <param name="files">Paths or patterns.</param>
    /// <param name="mix">Several sources in place of the files; null for none.</param>
    /// <exception cref="InvalidDataException">No row can be used.</exception>
    public LoadedRows<ResponseGroup> Load(string name, IReadOnlyList<string> files, MixOptions? mix = null)
    {
        var left = 0;
        var loaded = MixOptions.Load(files, mix, Groups);
        Counted(name, loaded);
        if (kind != RewardLossKind.BradleyTerry)
        {
            session.Count($"{name}/{Needs().Count}", left);
        }

        return loaded;

        LoadedRows<ResponseGroup> Groups(IReadOnlyList<string> source)
        {
            if (kind == RewardLossKind.BradleyTerry)
            {
                return sets.Preferences(source).As(ResponseGroup.Of);
            }

            var all = sets.Ranked(source).As(ResponseGroup.Of);
            var (_, needed, fits) = Needs();
            ResponseGroup[] used = [.. all.Examples.Where(fits)];
            left += all.Examples.Count - used.Length;
            return used.Length > 0 || all.Examples.Count == 0
                ? all with { Examples = used }
                : throw new InvalidDataException($"{name}: none of the {all.Examples.Count} prompts has {needed}, which loss: {Shown} needs; give other data or another loss");
        }
    }

    /// <summary>The rows, with their counts noted.</summary>
    public IReadOnlyList<T> Counted<T>(string name, LoadedRows<T> rows)
    {
        foreach (var (what, count) in rows.Counts(name))
        {
            session.Count(what, count);
        }

        return rows.Examples.Count > 0 ? rows.Examples : throw new InvalidDataException($"{name}: the files hold no row that can be used; see 'data.on_error'");
    }

    private string Shown => kind switch { RewardLossKind.Ranking => "ranking", RewardLossKind.BestOfK => "best_of_k", _ => "rating" };

    /// <summary>What is counted of prompts that cannot be used, what they lack, and which ones can.</summary>
    private (string Count, string Needed, Func<ResponseGroup, bool> Fits) Needs() => kind switch
    {
        RewardLossKind.Ranking => ("undecided", "two responses of which one is better", group => group.Pairs.Count > 0),
        RewardLossKind.BestOfK => ("undecided", "one response that is better than all others", group => group.Best is not null),
        _ => ("unrated", "a response with a rating", group => group.Ratings.Any(rating => !double.IsNaN(rating))),
    };
}
