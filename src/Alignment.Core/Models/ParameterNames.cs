namespace Alignment.Core.Models;

/// <summary>The names of a family's modules; joined with dots they are the keys of Hugging Face's state dict.</summary>
internal sealed record ParameterNames
{
    /// <summary>Prefix of everything but the head.</summary>
    public required string Backbone { get; init; }

    public required string TokenEmbedding { get; init; }

    /// <summary>Learned positions; null where positions are rotary.</summary>
    public string? PositionEmbedding { get; init; }

    public required string Layers { get; init; }

    public required string FinalNorm { get; init; }

    public required string AttentionNorm { get; init; }

    public required string Attention { get; init; }

    public required string FeedForwardNorm { get; init; }

    public required string FeedForward { get; init; }

    /// <summary>One fused projection (its parts side by side), or query, key and value apart.</summary>
    public required string[] QueryKeyValue { get; init; }

    public required string AttentionOutput { get; init; }

    /// <summary>Null where the feed-forward block has no gate.</summary>
    public string? Gate { get; init; }

    public required string Up { get; init; }

    public required string Down { get; init; }

    /// <summary>Projections of the blocks are stored [in, out] (GPT-2's Conv1D), not [out, in].</summary>
    public bool StoredTransposed { get; init; }
}
