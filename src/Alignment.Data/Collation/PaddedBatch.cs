using Alignment.Data.Rows;

namespace Alignment.Data.Collation;

/// <summary>Sequences of different lengths side by side, padded on the right. What is padding follows from the lengths, never from an id.</summary>
/// <param name="Ids">B*T ids, row-major.</param>
/// <param name="Rows">B.</param>
/// <param name="Length">T, the longest sequence.</param>
/// <param name="Lengths">Tokens of each sequence.</param>
/// <param name="Supervised">B*T flags: the token at this place is a target of the loss.</param>
/// <param name="RowIds">The rows that the sequences were made of.</param>
public sealed record PaddedBatch(long[] Ids, int Rows, int Length, int[] Lengths, bool[] Supervised, string[] RowIds)
{
    /// <summary>Where rows hold several sequences: the places in the flattened rows at which one begins, in order, padding being one of its own; null where each row is one.</summary>
    public int[]? Starts { get; private init; }

    /// <summary>Real tokens, padding left out.</summary>
    public int TokenCount => Lengths.Sum();

    /// <summary>Supervised tokens.</summary>
    public int SupervisedCount => Supervised.AsSpan().Count(true);

    /// <summary>A batch of sequences with their masks.</summary>
    public static PaddedBatch Of(IReadOnlyList<TokenExample> examples, int padId)
    {
        ArgumentOutOfRangeException.ThrowIfZero(examples.Count);
        var length = examples.Max(e => e.Ids.Length);
        var batch = Empty(examples.Count, length, padId) with { Starts = examples.Any(example => example.Starts is not null) ? [.. examples.SelectMany((example, row) => StartsOf(example, row * length, length))] : null };
        for (var row = 0; row < examples.Count; row++)
        {
            var example = examples[row];
            batch.Fill(row, example.RowId, [], example.Ids);
            example.Supervised.CopyTo(batch.Supervised.AsSpan(row * batch.Length));
        }

        return batch;
    }

    /// <summary>A batch of pairs: rows 0..P-1 are prompt and chosen response, rows P..2P-1 prompt and rejected response. The responses are supervised.</summary>
    public static PaddedBatch OfPairs(IReadOnlyList<PreferenceExample> pairs, int padId)
    {
        ArgumentOutOfRangeException.ThrowIfZero(pairs.Count);
        var batch = Empty(2 * pairs.Count, pairs.Max(p => p.Prompt.Length + Math.Max(p.Chosen.Length, p.Rejected.Length)), padId);
        for (var i = 0; i < pairs.Count; i++)
        {
            var pair = pairs[i];
            batch.FillPair(i, pair.RowId, pair.Prompt, pair.Chosen);
            batch.FillPair(pairs.Count + i, pair.RowId, pair.Prompt, pair.Rejected);
        }

        return batch;
    }

    /// <summary>A batch of prompts, each with one response, which is supervised.</summary>
    public static PaddedBatch OfResponses(IReadOnlyList<(string RowId, int[] Prompt, int[] Response)> responses, int padId)
    {
        ArgumentOutOfRangeException.ThrowIfZero(responses.Count);
        var batch = Empty(responses.Count, responses.Max(row => row.Prompt.Length + row.Response.Length), padId);
        for (var row = 0; row < responses.Count; row++)
        {
            batch.FillPair(row, responses[row].RowId, responses[row].Prompt, responses[row].Response);
        }

        return batch;
    }

    /// <summary>The supervised tokens with the hidden states that predict them.</summary>
    public TargetTokens Targets()
    {
        var count = SupervisedCount;
        var targets = new TargetTokens(new long[count], new long[count], new int[count]);
        var n = 0;
        for (var place = 0; place < Supervised.Length; place++)
        {
            if (Supervised[place])
            {
                targets.HiddenRows[n] = place - 1;
                targets.Ids[n] = Ids[place];
                targets.BatchRows[n] = place / Length;
                n++;
            }
        }

        return targets;
    }

    private static IEnumerable<int> StartsOf(TokenExample example, int from, int length)
    {
        var starts = (example.Starts ?? [0]).Select(start => from + start);
        return example.Ids.Length < length ? starts.Append(from + example.Ids.Length) : starts;
    }

    private static PaddedBatch Empty(int rows, int length, int padId)
    {
        var batch = new PaddedBatch(new long[rows * length], rows, length, new int[rows], new bool[rows * length], new string[rows]);
        batch.Ids.AsSpan().Fill(padId);
        return batch;
    }

    private void FillPair(int row, string id, int[] prompt, int[] response)
    {
        Fill(row, id, prompt, response);
        Supervised.AsSpan((row * Length) + prompt.Length, response.Length).Fill(true);
    }

    private void Fill(int row, string id, int[] first, int[] second)
    {
        RowIds[row] = id;
        Lengths[row] = first.Length + second.Length;
        var place = row * Length;
        foreach (var token in first)
        {
            Ids[place++] = token;
        }

        foreach (var token in second)
        {
            Ids[place++] = token;
        }
    }
}
