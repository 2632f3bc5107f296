using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Rows;

namespace Alignment.Dpo.Tests;

/// <summary>A tiny policy and pairs of different lengths, without files.</summary>
internal static class TinyPairs
{
    public const int PadId = 0;

    public static readonly PreferenceExample[] Pairs =
    [
        new("a:1", [5, 6], [7, 8, 3], [9, 3], Margin: 0, Label: 1),
        new("a:2", [10, 11, 12, 13], [14, 3], [15, 16, 17, 18, 3], Margin: 0, Label: 1),
        new("a:3", [19], [20, 21, 22, 3], [23, 3], Margin: 0, Label: 0.5),
        new("a:4", [24, 25, 26], [27, 3], [28, 3], Margin: 0, Label: 0.8),
    ];

    public static readonly ReferenceLogProbs Reference = new([-9, -7.5, -14, -6], [-8, -18, -7, -7]);

    public static PairSet Set => new(Pairs, Reference);

    public static DpoOptions Options => new() { Model = "policy", Train = ["train.jsonl"] };

    public static ModelConfig Config { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = 32,
        Width = 16,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        HeadSize = 8,
        InnerWidth = 24,
        MaxPositions = 32,
        TiedEmbeddings = false,
        EosIds = [3],
    };

    public static CausalLm Policy(long seed = 3) => ModelFolder.CreateCausalLm(Config, seed);
}
