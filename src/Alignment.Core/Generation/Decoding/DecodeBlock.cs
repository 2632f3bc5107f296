using Alignment.Core.Models;

namespace Alignment.Core.Generation.Decoding;

/// <summary>One decoder layer with its weights packed: query, key and value as one matrix; gate and up as one, sixteen outputs of each in turn.</summary>
internal sealed class DecodeBlock : IDisposable
{
    /// <param name="config">The model's.</param>
    /// <param name="layer">Gives the weights.</param>
    /// <param name="index">Of the layer.</param>
    /// <param name="isHalf">Keep weights as bfloat16.</param>
    /// <param name="team">Shares the work.</param>
    public DecodeBlock(ModelConfig config, DecoderLayer layer, int index, bool isHalf, WorkerTeam team)
    {
        AttentionNorm = RowNorm.Of(layer.AttentionNorm);
        AttentionOutputNorm = RowNorm.Of(layer.AttentionOutputNorm);
        FeedForwardNorm = RowNorm.Of(layer.FeedForwardNorm);
        FeedForwardOutputNorm = RowNorm.Of(layer.FeedForwardOutputNorm);
        QueryNorm = RowNorm.Of(layer.Attention.QueryNorm);
        KeyNorm = RowNorm.Of(layer.Attention.KeyNorm);
        Scale = (float)layer.Attention.Scale;
        Window = config.HasWindow(index) ? config.Window : null;
        QueryKeyValue = PackAttention(config, layer.Attention, isHalf, team);
        Output = PackedMatrix.Of(layer.Attention.Output, isHalf, team);
        Up = PackFeedForward(config, layer.FeedForward, isHalf, team);
        Down = PackedMatrix.Of(layer.FeedForward.Down, isHalf, team);
    }

    public RowNorm? AttentionNorm { get; }

    public RowNorm? AttentionOutputNorm { get; }

    public RowNorm? FeedForwardNorm { get; }

    public RowNorm? FeedForwardOutputNorm { get; }

    public RowNorm? QueryNorm { get; }

    public RowNorm? KeyNorm { get; }

    /// <summary>Of the scores.</summary>
    public float Scale { get; }

    /// <summary>Keys that a query sees, itself among them; null = all before it.</summary>
    public int? Window { get; }

    /// <summary>All queries, then all keys, then all values.</summary>
    public PackedMatrix QueryKeyValue { get; }

    public PackedMatrix Output { get; }

    /// <summary>With a gate, each panel holds sixteen outputs of the gate and the same sixteen of up.</summary>
    public PackedMatrix Up { get; }

    public PackedMatrix Down { get; }

    public void Dispose()
    {
        foreach (var part in new IDisposable?[] { AttentionNorm, AttentionOutputNorm, FeedForwardNorm, FeedForwardOutputNorm, QueryNorm, KeyNorm, QueryKeyValue, Output, Up, Down })
        {
            part?.Dispose();
        }
    }

    private static PackedMatrix PackAttention(ModelConfig config, Attention attention, bool isHalf, WorkerTeam team)
    {
        var (size, queries, keys) = (config.HeadSize, config.Heads * config.HeadSize, config.KeyValueHeads * config.HeadSize);
        var packed = new PackedMatrix(queries + (2 * keys), config.Width, isHalf);
        var parts = attention.QueryKeyValue;
        if (attention.FusedPerHead)
        {
            // q, k, v of head 0, then of head 1, …
            packed.Take(parts[0], 0, packed.Outputs, row => (row / size % 3 * queries) + (row / (3 * size) * size) + (row % size), team);
        }
        else if (parts.Count == 1)
        {
            packed.Take(parts[0], 0, packed.Outputs, static row => row, team);
        }
        else
        {
            packed.Take(parts[0], 0, queries, static row => row, team);
            packed.Take(parts[1], 0, keys, row => queries + row, team);
            packed.Take(parts[2], 0, keys, row => queries + keys + row, team);
        }

        return packed;
    }

    private static PackedMatrix PackFeedForward(ModelConfig config, FeedForward feedForward, bool isHalf, WorkerTeam team)
    {
        if (!config.GatedFeedForward)
        {
            return PackedMatrix.Of(feedForward.Up, isHalf, team);
        }

        const int Lanes = VectorMath.Lanes;
        var inner = config.InnerWidth;
        var packed = new PackedMatrix((inner + Lanes - 1) / Lanes * PackedMatrix.PanelWidth, config.Width, isHalf);
        packed.Take(feedForward.Gate ?? feedForward.Up, 0, inner, GatePlace, team);
        packed.Take(feedForward.Up, feedForward.Gate is null ? inner : 0, inner, static row => GatePlace(row) + Lanes, team);
        return packed;

        static int GatePlace(int row) => (row / Lanes * PackedMatrix.PanelWidth) + (row % Lanes);
    }
}
