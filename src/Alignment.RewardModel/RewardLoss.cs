using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.RewardModel;

/// <summary>The loss of groups of responses, from their rewards.</summary>
/// <param name="kind">Which loss.</param>
/// <param name="centerCoefficient">c of pairs and rankings.</param>
/// <param name="scale">Of the ratings; needed for them alone.</param>
internal sealed class RewardLoss(RewardLossKind kind, double centerCoefficient, RatingScale? scale = null)
{
    /// <summary>How many targets a group has: 1, and of rated responses each.</summary>
    public double Weight(ResponseGroup group) => kind == RewardLossKind.Rating ? group.Ratings.Count(rating => !double.IsNaN(rating)) : 1;

    /// <summary>The loss of each group; of ratings its sum.</summary>
    /// <param name="groups">B of them, K responses each.</param>
    /// <param name="rewards">[ΣK], group after group, with gradient.</param>
    /// <returns>[B], owned by the caller's dispose scope.</returns>
    public Tensor Compute(IReadOnlyList<ResponseGroup> groups, Tensor rewards)
    {
        using var scope = NewDisposeScope();
        return (kind switch
        {
            RewardLossKind.BradleyTerry => Pairs(groups, rewards),
            RewardLossKind.Ranking => RankingLoss.Compute(Table(groups, rewards, 0), Ranks(groups, rewards.device), centerCoefficient),
            RewardLossKind.BestOfK => BestOf(groups, rewards),
            _ => Ratings(groups, rewards),
        }).MoveToOuterDisposeScope();
    }

    private Tensor Pairs(IReadOnlyList<ResponseGroup> groups, Tensor rewards)
    {
        var starts = Starts(groups);
        var pairs = groups.Select(group => group.Pairs[0]).ToArray();
        return BradleyTerryLoss.Compute(
            Rows(pair => pair.Chosen), Rows(pair => pair.Rejected), Column(pair => pair.Margin), Column(pair => pair.Label), centerCoefficient);

        Tensor Rows(Func<ResponsePair, int> index) => rewards.index_select(0, tensor(pairs.Select((pair, i) => (long)starts[i] + index(pair)).ToArray()).SentTo(rewards.device)); // [B]
        Tensor Column(Func<ResponsePair, double> value) => tensor(pairs.Select(value).ToArray(), rewards.dtype).SentTo(rewards.device);                                            // [B]
    }

    private static Tensor BestOf(IReadOnlyList<ResponseGroup> groups, Tensor rewards) => BestOfLoss.Compute(
        Table(groups, rewards, double.NegativeInfinity), tensor(groups.Select(group => (long)group.Best!.Value).ToArray()).SentTo(rewards.device));

    private Tensor Ratings(IReadOnlyList<ResponseGroup> groups, Tensor rewards)
    {
        var (rows, owners, ratings) = (new List<long>(), new List<long>(), new List<double>());
        var starts = Starts(groups);
        for (var group = 0; group < groups.Count; group++)
        {
            for (var i = 0; i < groups[group].Ratings.Length; i++)
            {
                if (!double.IsNaN(groups[group].Ratings[i]))
                {
                    rows.Add(starts[group] + i);
                    owners.Add(group);
                    ratings.Add((groups[group].Ratings[i] - scale!.Value.Mean) / scale.Value.Std);
                }
            }
        }

        var losses = RatingLoss.Compute(
            rewards.index_select(0, tensor(rows.ToArray()).SentTo(rewards.device)), tensor(ratings.ToArray(), rewards.dtype).SentTo(rewards.device)); // [N]
        return zeros([groups.Count], dtype: rewards.dtype, device: rewards.device).index_add(0, tensor(owners.ToArray()).SentTo(rewards.device), losses, 1);
    }

    /// <summary>Rewards side by side, [B, K of the largest group], with a number in the places of responses that nobody ranked or that are not there.</summary>
    private static Tensor Table(IReadOnlyList<ResponseGroup> groups, Tensor rewards, double missing)
    {
        var (starts, width) = (Starts(groups), groups.Max(group => group.Responses.Count));
        var (rows, empty) = (new long[groups.Count * width], new bool[groups.Count * width]);
        for (var place = 0; place < rows.Length; place++)
        {
            var (group, i) = (groups[place / width], place % width);
            empty[place] = i >= group.Ranks.Length || group.Ranks[i] < 0;
            rows[place] = empty[place] ? starts[place / width] : starts[place / width] + i;
        }

        return rewards.index_select(0, tensor(rows).SentTo(rewards.device)).reshape(groups.Count, width)
            .masked_fill(tensor(empty, [groups.Count, width]).SentTo(rewards.device), missing);
    }

    private static Tensor Ranks(IReadOnlyList<ResponseGroup> groups, Device device)
    {
        var width = groups.Max(group => group.Responses.Count);
        return tensor(groups.SelectMany(group => Enumerable.Range(0, width).Select(i => i < group.Ranks.Length ? (long)group.Ranks[i] : -1)).ToArray(), [groups.Count, width]).SentTo(device);
    }

    private static int[] Starts(IReadOnlyList<ResponseGroup> groups)
    {
        var starts = new int[groups.Count];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + groups[i - 1].Responses.Count;
        }

        return starts;
    }
}
