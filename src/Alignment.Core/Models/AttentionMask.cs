using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// Builds what is added to attention scores: 0 where a query sees a key, a large negative number elsewhere. With a window W, a query
/// sees itself and the W − 1 tokens before it; distances are counted in the row as it is, padding included.
/// </summary>
internal static class AttentionMask
{
    /// <summary>Far below any score, and finite, so that a query that sees nothing (padding on the left) yields no NaN.</summary>
    private const float Unseen = -1e30f;

    /// <summary>Every row alike: query t, which is token <paramref name="start"/> + t, sees all tokens up to itself.</summary>
    /// <param name="groups">G: query heads that lie side by side along time.</param>
    /// <param name="start">Tokens before the first query.</param>
    /// <param name="time">T.</param>
    /// <param name="window">W; null = everything.</param>
    /// <param name="type">Of the scores.</param>
    /// <param name="device">Where to.</param>
    /// <returns>[G·T, start + T]; null for a single query that sees everything.</returns>
    public static Tensor? Causal(long groups, long start, long time, long? window, ScalarType type, Device device)
    {
        if (time == 1 && window is null)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        if (window is null)
        {
            return full(time, start + time, Unseen, dtype: type, device: device).triu(start + 1).repeat(groups, 1).MoveToOuterDisposeScope();
        }

        var seen = Seen(arange(start, start + time, dtype: ScalarType.Int64, device: device), start + time, window); // [T, S]
        return Additive(seen, type).repeat(groups, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Query t sees the real tokens up to itself.</summary>
    /// <param name="heads">K and G: key heads that have a mask of their own each, and query heads that lie side by side along time.</param>
    /// <param name="real">[B, T] Bool.</param>
    /// <param name="window">W; null = everything.</param>
    /// <param name="type">Of the scores.</param>
    /// <returns>[B·K, G·T, T].</returns>
    public static Tensor Padded((long Keys, long Groups) heads, Tensor real, long? window, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var places = arange(real.size(1), dtype: ScalarType.Int64, device: real.device);
        return PerHead(heads, Seen(places, real.size(1), window).unsqueeze(0) & real.unsqueeze(1), type).MoveToOuterDisposeScope();
    }

    /// <summary>Several sequences in a row: query t sees the tokens of its own sequence up to itself.</summary>
    /// <param name="heads">K and G: key heads that have a mask of their own each, and query heads that lie side by side along time.</param>
    /// <param name="numbers">[B, T] Int64, which sequence each token is of.</param>
    /// <param name="window">W; null = everything.</param>
    /// <param name="type">Of the scores.</param>
    /// <returns>[B·K, G·T, T].</returns>
    public static Tensor Sequences((long Keys, long Groups) heads, Tensor numbers, long? window, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var places = arange(numbers.size(1), dtype: ScalarType.Int64, device: numbers.device);
        var seen = Seen(places, numbers.size(1), window).unsqueeze(0) & numbers.unsqueeze(2).eq(numbers.unsqueeze(1)); // [B, T, T]
        return PerHead(heads, seen, type).MoveToOuterDisposeScope();
    }

    /// <summary>Rows of different lengths in a cache: the query at position p sees keys 0 to p.</summary>
    /// <param name="heads">K and G: key heads that have a mask of their own each, and query heads that lie side by side along time.</param>
    /// <param name="positions">[B, T] Int64.</param>
    /// <param name="keys">S.</param>
    /// <param name="window">W; null = everything.</param>
    /// <param name="type">Of the scores.</param>
    /// <returns>[B·K, G·T, S].</returns>
    public static Tensor Ragged((long Keys, long Groups) heads, Tensor positions, long keys, long? window, ScalarType type)
    {
        using var scope = NewDisposeScope();
        return PerHead(heads, Seen(positions, keys, window), type).MoveToOuterDisposeScope();
    }

    /// <summary>[..., S]: whether the query at a position sees each of the keys 0 to S − 1.</summary>
    private static Tensor Seen(Tensor positions, long keys, long? window)
    {
        var places = arange(keys, dtype: ScalarType.Int64, device: positions.device);
        var queries = positions.unsqueeze(-1);
        var seen = places <= queries;
        return window is { } width ? seen & (places > queries - width) : seen;
    }

    private static Tensor Additive(Tensor seen, ScalarType type) =>
        zeros(seen.shape, dtype: type, device: seen.device).masked_fill_(seen.logical_not(), Unseen);

    private static Tensor PerHead((long Keys, long Groups) heads, Tensor seen, ScalarType type)
    {
        var (rows, time, keys) = (seen.size(0), seen.size(1), seen.size(2)); // [B, T, S]
        return Additive(seen, type)
            .view(rows, 1, 1, time, keys)
            .expand(rows, heads.Keys, heads.Groups, time, keys)
            .reshape(rows * heads.Keys, heads.Groups * time, keys);
    }
}
