using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Alignment.Data.Collation;
using Alignment.Data.Rows;

namespace Alignment.Dpo;

/// <summary>Pairs with what the reference says about them.</summary>
/// <param name="Pairs">The pairs.</param>
/// <param name="Reference">The reference's log-probs, row for row; null where there is none, or it moves.</param>
internal sealed record PairSet(IReadOnlyList<PreferenceExample> Pairs, ReferenceLogProbs? Reference)
{
    /// <summary>Which of the pairs an epoch has, where they come from several sources; null: each once.</summary>
    public SourceMix? Mix { get; init; }

    /// <summary>BCO's weight of each row; null for 1.</summary>
    public IReadOnlyList<double>? DensityRatios { get; init; }

    /// <summary>Rows in batches of like length: the order in which the reference and the evaluation read them.</summary>
    public static IEnumerable<int[]> Batches(IReadOnlyList<PreferenceExample> pairs, int batchSize) =>
        Enumerable.Range(0, pairs.Count).OrderBy(row => Length(pairs[row])).Chunk(batchSize);

    /// <summary>Tokens of the longer of a pair's two sequences.</summary>
    public static int Length(PreferenceExample pair) => pair.Prompt.Length + Math.Max(pair.Chosen.Length, pair.Rejected.Length);

    /// <summary>The hash of all token ids, which is what log-probs depend on besides the model.</summary>
    /// <returns>64 hex digits.</returns>
    public static string HashOf(IReadOnlyList<PreferenceExample> pairs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var pair in pairs)
        {
            foreach (var ids in (int[][])[pair.Prompt, pair.Chosen, pair.Rejected])
            {
                hash.AppendData(MemoryMarshal.AsBytes<int>((int[])[ids.Length]));
                hash.AppendData(MemoryMarshal.AsBytes<int>(ids));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
