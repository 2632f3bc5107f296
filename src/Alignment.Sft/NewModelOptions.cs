using System.ComponentModel;
using Alignment.Core.Models;

namespace Alignment.Sft;

/// <summary>The shape of a model that is trained from random weights; names as in Hugging Face's config.json.</summary>
public sealed record NewModelOptions
{
    /// <summary>The architecture.</summary>
    [Description("llama, or bert for a classifier")]
    public NewModelType ModelType { get; init; } = NewModelType.Llama;

    /// <summary>D.</summary>
    [Description("width of the hidden states")]
    public int HiddenSize { get; init; } = 128;

    /// <summary>Inner width of the feed-forward block.</summary>
    [Description("inner width of the feed-forward block")]
    public int IntermediateSize { get; init; } = 352;

    /// <summary>L.</summary>
    [Description("layers")]
    public int NumHiddenLayers { get; init; } = 4;

    /// <summary>H.</summary>
    [Description("query heads")]
    public int NumAttentionHeads { get; init; } = 4;

    /// <summary>K; null takes H.</summary>
    [Description("key and value heads; num_attention_heads when left out")]
    public int? NumKeyValueHeads { get; init; }

    /// <summary>Longest sequence in tokens.</summary>
    [Description("longest sequence in tokens")]
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>Base of the rotary frequencies.</summary>
    [Description("base of the rotary frequencies")]
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Whether the output layer is the token embedding.</summary>
    [Description("whether the output layer is the token embedding")]
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>The config of a model of this shape.</summary>
    /// <param name="vocabularySize">V, the tokenizer's.</param>
    /// <returns>The config; ids of special tokens are still to be set.</returns>
    public ModelConfig ToConfig(int vocabularySize) => ModelType == NewModelType.Bert ? Bert(vocabularySize) : new()
    {
        ModelType = "llama",
        VocabularySize = vocabularySize,
        Width = HiddenSize,
        Layers = NumHiddenLayers,
        Heads = NumAttentionHeads,
        KeyValueHeads = NumKeyValueHeads ?? NumAttentionHeads,
        HeadSize = HiddenSize / Math.Max(1, NumAttentionHeads),
        InnerWidth = IntermediateSize,
        MaxPositions = MaxPositionEmbeddings,
        RotaryBase = RopeTheta,
        TiedEmbeddings = TieWordEmbeddings,
    };

    // Dropouts and what else is not asked for: transformers' BertConfig.
    private ModelConfig Bert(int vocabularySize) => new()
    {
        ModelType = "bert",
        VocabularySize = vocabularySize,
        Width = HiddenSize,
        Layers = NumHiddenLayers,
        Heads = NumAttentionHeads,
        KeyValueHeads = NumAttentionHeads,
        HeadSize = HiddenSize / Math.Max(1, NumAttentionHeads),
        InnerWidth = IntermediateSize,
        MaxPositions = MaxPositionEmbeddings,
        Segments = 2,
        Norm = NormKind.Layer,
        NormEpsilon = 1e-12,
        Positions = PositionKind.Learned,
        Activation = ActivationKind.Gelu,
        GatedFeedForward = false,
        AttentionBias = true,
        FeedForwardBias = true,
        TiedEmbeddings = true,
        EmbeddingDropout = 0.1,
        ResidualDropout = 0.1,
        AttentionDropout = 0.1,
        HeadDropout = 0.1,
    };
}
