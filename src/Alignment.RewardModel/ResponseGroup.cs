using Alignment.Data.Rows;

namespace Alignment.RewardModel;

/// <summary>Two responses of a group.</summary>
/// <param name="Chosen">Index of the better one.</param>
/// <param name="Rejected">Index of the other.</param>
/// <param name="Margin">How much better, in units of reward.</param>
/// <param name="Label">Probability that the first one is the better one; 0.5 is a tie.</param>
internal readonly record struct ResponsePair(int Chosen, int Rejected, double Margin = 0, double Label = 1);

/// <summary>The responses to one prompt with what is known of them.</summary>
/// <param name="RowId">The row it was made of.</param>
/// <param name="Prompt">Ids of the prompt.</param>
/// <param name="Responses">Ids of each response.</param>
/// <param name="Pairs">Every two responses that were compared.</param>
internal sealed record ResponseGroup(string RowId, int[] Prompt, IReadOnlyList<int[]> Responses, IReadOnlyList<ResponsePair> Pairs)
{
    /// <summary>0 for the best response, equal for ties, −1 where nobody ranked it.</summary>
    public int[] Ranks { get; init; } = [];

    /// <summary>How good each response is; NaN where nobody rated it.</summary>
    public double[] Ratings { get; init; } = [];

    /// <summary>Index of the one best response; null where several are, or where there is no other.</summary>
    public int? Best => Ranks.Count(rank => rank == 0) == 1 && Ranks.Any(rank => rank > 0) ? Array.IndexOf(Ranks, 0) : null;

    /// <summary>Tokens of the longest sequence.</summary>
    public int Length => Prompt.Length + Responses.Max(response => response.Length);

    /// <summary>A pair.</summary>
    public static ResponseGroup Of(PreferenceExample pair) =>
        new(pair.RowId, pair.Prompt, [pair.Chosen, pair.Rejected], [new(0, 1, pair.Margin, pair.Label)]);

    /// <summary>Ranked or rated responses.</summary>
    public static ResponseGroup Of(RankedExample example)
    {
        var ranks = example.Ranks;
        var pairs = new List<ResponsePair>();
        for (var i = 0; i < ranks.Length; i++)
        {
            for (var j = 0; j < ranks.Length; j++)
            {
                if (ranks[i] >= 0 && ranks[i] < ranks[j])
                {
                    pairs.Add(new(i, j));
                }
            }
        }

        return new ResponseGroup(example.RowId, example.Prompt, example.Responses, pairs) { Ranks = ranks, Ratings = example.Ratings };
    }
}
