using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats;

/// <summary>Pairs of ranked or rated responses: every two of which one is better, K(K − 1)/2 of K, all in the prompt's group.</summary>
internal static class RankedPairs
{
    /// <summary>The pairs of a row, best first.</summary>
    public static IEnumerable<PreferenceRow> Of(RankedRow ranked)
    {
        var responses = ranked.Responses;
        for (var i = 0; i < responses.Count; i++)
        {
            for (var j = i + 1; j < responses.Count; j++)
            {
                var difference = responses[i].BetterThan(responses[j]);
                if (difference is not null and not 0)
                {
                    yield return difference > 0 ? Pair(ranked, i, j) : Pair(ranked, j, i);
                }
            }
        }
    }

    /// <summary>How many pairs of responses nobody compared, or found equal.</summary>
    public static int Undecided(RankedRow ranked)
    {
        var undecided = 0;
        for (var i = 0; i < ranked.Responses.Count; i++)
        {
            for (var j = i + 1; j < ranked.Responses.Count; j++)
            {
                undecided += ranked.Responses[i].BetterThan(ranked.Responses[j]) is null or 0 ? 1 : 0;
            }
        }

        return undecided;
    }

    private static PreferenceRow Pair(RankedRow ranked, int chosen, int rejected)
    {
        var (better, worse) = (ranked.Responses[chosen], ranked.Responses[rejected]);
        var facts = ranked.Facts?.DeepClone().AsObject() ?? [];
        facts[RowMeta.Group] ??= RowMeta.GroupOf(ranked.Prompt);
        Add(facts, RowMeta.ChosenModel, better.Model);
        Add(facts, RowMeta.RejectedModel, worse.Model);
        if (better.Rank is { } first && worse.Rank is { } second)
        {
            facts["chosen_rank"] = first;
            facts["rejected_rank"] = second;
        }

        return new PreferenceRow(ranked.Prompt, better.Content, worse.Content, better.Score is { } high && worse.Score is { } low ? high - low : 0)
        {
            Id = ranked.Responses.Count > 2 ? $"{ranked.Id}#{chosen + 1}-{rejected + 1}" : ranked.Id,
            Columns = ranked.Columns,
            Known = ranked.Known,
            Facts = facts,
        };
    }

    private static void Add(JsonObject facts, string name, string? value)
    {
        if (value is not null)
        {
            facts[name] = value;
        }
    }
}
