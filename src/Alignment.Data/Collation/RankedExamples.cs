using Alignment.Data.Rows;
using Alignment.Data.Templates;

namespace Alignment.Data.Collation;

/// <summary>
/// Ranked and rated responses to ids, one example a prompt. Rows of one rated response each are gathered by their prompts. A pair is two ranked responses; its margin and how sure its
/// label is do not count.
/// </summary>
public static class RankedExamples
{
    /// <summary>The most responses of an example. More rated ones to a prompt become a further example; a longer list is refused.</summary>
    public const int MostResponses = 64;

    /// <summary>Makes one example a prompt.</summary>
    /// <param name="rows">Ranked rows and pairs.</param>
    /// <param name="options">Tokenizer, template, length: that of the longest response counts.</param>
    /// <exception cref="DataFormatException">A row is too long, cannot be rendered, has too many responses, or ranks the same tokens differently.</exception>
    public static ExampleSet<RankedExample> Build(IEnumerable<DataRow> rows, ExampleOptions options)
    {
        var tokens = options.RowTokens;
        var gate = new OverflowGate(options);
        var examples = new List<RankedExample>();
        foreach (var (row, prompt, responses) in ParallelRows.Map(Gather(rows), row => Render(row, tokens)))
        {
            var ranks = RanksOf(row.Responses);
            CheckSame(row, responses, ranks);
            if (gate.Fit(row.Id, prompt.Length, responses.Max(response => response.Length), tokens.LeastPrompt) is { } cut)
            {
                examples.Add(new RankedExample(
                    row.Id, SupervisedExamples.Cut(prompt, tokens.Head, cut), responses, [.. row.Responses.Select(response => response.Score ?? double.NaN)], ranks));
            }
        }

        return gate.Close(examples);
    }

    /// <summary>Each response's place among the distinct ranks; where fewer than two are ranked, among the distinct ratings.</summary>
    internal static int[] RanksOf(IReadOnlyList<RankedResponse> responses)
    {
        var isRanked = responses.Count(response => response.Rank is not null) > 1;
        double?[] keys = [.. responses.Select(response => isRanked ? response.Rank : -response.Score)];
        double[] places = [.. keys.OfType<double>().Distinct().Order()];
        return [.. keys.Select(key => key is { } found ? Array.BinarySearch(places, found) : -1)];
    }

    /// <summary>One row a prompt, in the order in which the prompts come.</summary>
    private static List<RankedRow> Gather(IEnumerable<DataRow> rows)
    {
        var gathered = new List<(RankedRow Row, List<RankedResponse> Responses)>();
        var places = new Dictionary<(Content Prompt, string? Variables), int>();
        foreach (var row in rows)
        {
            var ranked = row as RankedRow ?? OfPair((PreferenceRow)row);
            if (ranked.Responses.Count > MostResponses)
            {
                throw new DataFormatException(ranked.Id, $"the prompt has {ranked.Responses.Count} responses", $"at most {MostResponses} are compared with each other: leave some out");
            }

            if (ranked.Responses is [{ Rank: null, Score: not null } single])
            {
                var key = (ranked.Prompt, (ranked.Prompt as ChatContent)?.Variables);
                if (places.TryGetValue(key, out var place) && gathered[place].Responses.Count < MostResponses)
                {
                    gathered[place].Responses.Add(single);
                    continue;
                }

                places[key] = gathered.Count;
            }

            gathered.Add((ranked, [.. ranked.Responses]));
        }

        return [.. gathered.Select(group => group.Row with { Responses = group.Responses })];
    }

    /// <summary>The side that the label holds for the better one stands first.</summary>
    private static RankedRow OfPair(PreferenceRow pair)
    {
        var (chosen, rejected) = pair.Label > 0.5 ? (0, 1) : pair.Label < 0.5 ? (1, 0) : (0, 0);
        return new RankedRow(pair.Prompt, [new RankedResponse(pair.Chosen, Rank: chosen), new RankedResponse(pair.Rejected, Rank: rejected)]) { Id = pair.Id };
    }

    private static (RankedRow Row, int[] Prompt, int[][] Responses) Render(RankedRow row, RowTokens tokens)
    {
        var prompt = tokens.Prompt(row.Prompt, row.Id);
        return (row, prompt, [.. row.Responses.Select(response => tokens.Response(prompt, row.Prompt, response.Content, row.Id).Ids)]);
    }

    private static void CheckSame(RankedRow row, int[][] responses, int[] ranks)
    {
        for (var i = 0; i < responses.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (ranks[i] >= 0 && ranks[j] >= 0 && ranks[i] != ranks[j] && row.Responses[i].Rank is not null && responses[i].AsSpan().SequenceEqual(responses[j]))
                {
                    throw new DataFormatException(row.Id, $"responses {j + 1} and {i + 1} become the same tokens but are ranked differently", "rank them alike or remove one");
                }
            }
        }
    }
}
