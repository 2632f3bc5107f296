namespace Alignment.Core.Models;

/// <summary>The names of a family's modules; joined with dots they are the keys of Hugging Face's state dict.</summary>
internal sealed record ParameterNames
{
    /// <summary>Prefix of everything but the head.</summary>
    public required string Backbone { get; init; }

    public required string TokenEmbedding { get; init; }

    /// <summary>Learned positions; null where positions are rotary.</summary>
    public string? PositionEmbedding { get; init; }

    /// <summary>From the tokens' width to the layers'; null where no model of the family has two widths.</summary>
    public string? ProjectIn { get; init; }

    /// <summary>And back.</summary>
    public string? ProjectOut { get; init; }

    public required string Layers { get; init; }

    public required string FinalNorm { get; init; }

    /// <summary>Before the attention block; null where no model of the family has it.</summary>
    public string? AttentionNorm { get; init; }

    public required string Attention { get; init; }

    /// <summary>After the attention block.</summary>
    public string? AttentionOutputNorm { get; init; }

    /// <summary>Before the feed-forward block; null where it shares the attention's.</summary>
    public string? FeedForwardNorm { get; init; }

    /// <summary>Null where the projections lie in the layer itself.</summary>
    public string? FeedForward { get; init; }

    /// <summary>After the feed-forward block.</summary>
    public string? FeedForwardOutputNorm { get; init; }

    /// <summary>One fused projection (its parts side by side), or query, key and value apart.</summary>
    public required string[] QueryKeyValue { get; init; }

    /// <summary>The fused projection holds query, key and value of the first head, then of the next.</summary>
    public bool FusedPerHead { get; init; }

    public string? QueryNorm { get; init; }

    public string? KeyNorm { get; init; }

    public required string AttentionOutput { get; init; }

    /// <summary>Null where the feed-forward block has no gate, or holds it in the first half of <see cref="Up"/>.</summary>
    public string? Gate { get; init; }

    public required string Up { get; init; }

    public required string Down { get; init; }

    /// <summary>The output layer over the vocabulary.</summary>
    public string Head { get; init; } = "lm_head";

    /// <summary>The keys that the output layer may have.</summary>
    public string[] HeadKeys => [Head + ".weight", Head + ".bias"];

    /// <summary>Projections of the blocks are stored [in, out] (GPT-2's Conv1D), not [out, in].</summary>
    public bool StoredTransposed { get; init; }
}
