using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Training.Runs;

namespace Alignment.RewardModel;

/// <summary>Files to groups that a loss can learn from.</summary>
/// <param name="kind">The loss.</param>
/// <param name="sets">Reads files.</param>
/// <param name="session">Takes the counts.</param>
internal sealed class RewardData(RewardLossKind kind, DataSets sets, StageSession session)
{
    /// <summary>The types of rows that a loss reads.</summary>
    public static RowTypes Accepted(RewardLossKind kind) => kind == RewardLossKind.BradleyTerry ? RowTypes.Preference : RowTypes.Ranked | RowTypes.Preference;

    /// <summary>The groups to train on and those held out.</summary>
    /// <param name="files">The stage's.</param>
    /// <exception cref="InvalidDataException">No row can be used.</exception>
    public (LoadedRows<ResponseGroup> Train, IReadOnlyList<ResponseGroup> Eval) Load(TrainingFiles files)
    {
        var left = new Dictionary<string, int>();
        var (train, eval) = files.Load(sets, Groups);
        Counted(TrainingFiles.TrainName, train);
        _ = eval is null ? [] : Counted(TrainingFiles.EvalName, eval);
        foreach (var (name, count) in left)
        {
            session.Count($"{name}/{Needs().Count}", count);
        }

        return (train, eval?.Examples ?? []);

        LoadedRows<ResponseGroup> Groups(DataSets part, IReadOnlyList<string> source, string name)
        {
            if (kind == RewardLossKind.BradleyTerry)
            {
                return part.Preferences(source).As(ResponseGroup.Of);
            }

            var all = part.Ranked(source).As(ResponseGroup.Of);
            var (_, needed, fits) = Needs();
            ResponseGroup[] used = [.. all.Examples.Where(fits)];
            left[name] = left.GetValueOrDefault(name) + all.Examples.Count - used.Length;
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
