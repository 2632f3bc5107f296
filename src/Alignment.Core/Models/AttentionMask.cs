using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Builds what is added to attention scores: 0 where a query sees a key, a large negative number elsewhere.</summary>
internal static class AttentionMask
{
    /// <summary>Far below any score, and finite, so that a query that sees nothing (padding on the left) yields no NaN.</summary>
    private const float Unseen = -1e30f;

    /// <summary>Every row alike: query t, which is token <paramref name="start"/> + t, sees all tokens up to itself.</summary>
    /// <returns>[G·T, start + T]; null for a single query, which sees everything.</returns>
    public static Tensor? Causal(ModelConfig config, long start, long time, ScalarType type, Device device)
    {
        if (time == 1)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var groups = config.Heads / config.KeyValueHeads;
        return full(time, start + time, Unseen, dtype: type, device: device).triu(start + 1).repeat(groups, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Query t sees the real tokens up to itself.</summary>
    /// <param name="config">For the number of heads.</param>
    /// <param name="real">[B, T] Bool.</param>
    /// <param name="type">Of the scores.</param>
    /// <returns>[B·K, G·T, T].</returns>
    public static Tensor Padded(ModelConfig config, Tensor real, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var places = arange(real.size(1), dtype: ScalarType.Int64, device: real.device);
        var seen = (places.unsqueeze(0) <= places.unsqueeze(1)).unsqueeze(0) & real.unsqueeze(1); // [B, T, T]
        return PerHead(config, seen, type).MoveToOuterDisposeScope();
    }

    /// <summary>Rows of different lengths in a cache: the query at position p sees keys 0 to p.</summary>
    /// <param name="config">For the number of heads.</param>
    /// <param name="positions">[B, T] Int64.</param>
    /// <param name="keys">S.</param>
    /// <param name="type">Of the scores.</param>
    /// <returns>[B·K, G·T, S].</returns>
    public static Tensor Ragged(ModelConfig config, Tensor positions, long keys, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var places = arange(keys, dtype: ScalarType.Int64, device: positions.device);
        return PerHead(config, places <= positions.unsqueeze(2), type).MoveToOuterDisposeScope(); // [B, T, S]
    }

    private static Tensor PerHead(ModelConfig config, Tensor seen, ScalarType type)
    {
        var (rows, time, keys) = (seen.size(0), seen.size(1), seen.size(2));
        var groups = config.Heads / config.KeyValueHeads;
        return zeros(rows, time, keys, dtype: type, device: seen.device)
            .masked_fill_(seen.logical_not(), Unseen)
            .view(rows, 1, 1, time, keys)
            .expand(rows, config.KeyValueHeads, groups, time, keys)
            .reshape(rows * config.KeyValueHeads, groups * time, keys);
    }
}
