namespace Alignment.Data.Tokenization.Models;

/// <summary>
/// Merges of vocabularies that list none: two neighbours join where their whole is a token, tokens of the better rank first.
/// That is what tiktoken does with its ranks and SentencePiece with its scores.
/// </summary>
internal static class RankedMerges
{
    /// <summary>Every way to make a token of two others.</summary>
    /// <param name="ids">The tokens that take part.</param>
    /// <param name="rank">A token's rank, by its id.</param>
    public static IReadOnlyList<BpeMerge> Of(Dictionary<string, int> ids, Func<int, int> rank)
    {
        var merges = new List<BpeMerge>(ids.Count * 2);
        var bySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var (token, id) in ids)
        {
            for (var cut = 1; cut < token.Length; cut++)
            {
                if (bySpan.TryGetValue(token.AsSpan(0, cut), out var left) && bySpan.TryGetValue(token.AsSpan(cut), out var right))
                {
                    merges.Add(new(left, right, rank(id), id));
                }
            }
        }

        merges.Sort((x, y) => x.Rank.CompareTo(y.Rank));
        return merges;
    }
}
