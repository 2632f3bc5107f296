using System.Collections.Concurrent;

namespace Alignment.Data.Tokenization.Models;

/// <summary>Remembers the ids of short pieces: most words of a text come again.</summary>
internal sealed class PieceCache
{
    private const int LongestPiece = 32;
    private const int Capacity = 1 << 16;

    private readonly ConcurrentDictionary<string, int[]> _ids = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private int _count;

    public PieceCache() => _bySpan = _ids.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Adds the ids of a piece that is known.</summary>
    /// <returns>Whether it was.</returns>
    public bool TryAdd(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (piece.Length > LongestPiece || !_bySpan.TryGetValue(piece, out var known))
        {
            return false;
        }

        ids.AddRange(known);
        return true;
    }

    /// <summary>Keeps the ids that were added for a piece from <paramref name="start"/> on.</summary>
    public void Keep(ReadOnlySpan<char> piece, List<int> ids, int start)
    {
        if (piece.Length <= LongestPiece && _count < Capacity && _bySpan.TryAdd(piece, [.. ids[start..]]))
        {
            Interlocked.Increment(ref _count);
        }
    }
}
