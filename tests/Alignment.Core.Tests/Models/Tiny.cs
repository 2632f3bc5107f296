using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Tests.Models;

/// <summary>Small random models whose weights are large enough that a mistake shows.</summary>
internal static class Tiny
{
    public static ModelConfig Llama { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = 37,
        Width = 16,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 2,
        HeadSize = 6,
        InnerWidth = 20,
        MaxPositions = 64,
        InitializerRange = 0.3,
        BosId = 1,
        EosIds = [3],
        PadId = 0,
    };

    public static ModelConfig Gpt2 { get; } = new()
    {
        ModelType = "gpt2",
        VocabularySize = 37,
        Width = 16,
        Layers = 2,
        Heads = 4,
        KeyValueHeads = 4,
        HeadSize = 4,
        InnerWidth = 32,
        MaxPositions = 64,
        Norm = NormKind.Layer,
        Positions = PositionKind.Learned,
        Activation = ActivationKind.GeluTanh,
        GatedFeedForward = false,
        AttentionBias = true,
        FeedForwardBias = true,
        TiedEmbeddings = true,
        InitializerRange = 0.3,
        EosIds = [3],
    };

    public static ModelConfig Config(string family) => family == "llama" ? Llama : Gpt2;

    public static CausalLm Model(string family, long seed = 5) => ModelFolder.CreateCausalLm(Config(family), seed);

    /// <summary>Random ids without the special ones, [rows, length].</summary>
    public static Tensor Ids(int rows, int length, int seed = 0)
    {
        using var generator = new Generator((ulong)seed);
        return randint(4, 37, [rows, length], dtype: ScalarType.Int64, generator: generator);
    }
}
