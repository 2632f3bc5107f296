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
    /// <exception cref="InvalidDataException">No row can be used.</exception>
    public IReadOnlyList<ResponseGroup> Load(string name, IReadOnlyList<string> files)
    {
        if (kind == RewardLossKind.BradleyTerry)
        {
            return [.. Counted(name, sets.Preferences(files)).Select(ResponseGroup.Of)];
        }

        var all = Counted(name, sets.Ranked(files)).Select(ResponseGroup.Of).ToList();
        var (what, needed, fits) = Needs();
        var used = all.Where(fits).ToList();
        session.Count($"{name}/{what}", all.Count - used.Count);
        return used.Count > 0 ? used : throw new InvalidDataException($"{name}: none of the {all.Count} prompts has {needed}, which loss: {Shown} needs; give other data or another loss");
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
