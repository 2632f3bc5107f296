using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Tokenization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Tests;

/// <summary>Model folders whose answers can be worked out by hand.</summary>
internal static class HandMade
{
    /// <summary>The logit of the one token that a <see cref="Answering"/> model gives at each step; all other logits are 0.</summary>
    public const double Logit = 20;

    private const int Width = 16;
    private const float RmsOfUnitVector = 0.25f; // √(1/16)

    /// <summary>A model that always answers with one letter and the stop token, each with probability 1 − (V − 1)/(e²⁰ + V − 1).</summary>
    public static void Answering(string letter, TextTokenizer tokenizer, string folder)
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.CreateCausalLm(Config(tokenizer), seed: 1);
        var weights = Cleared(model);
        var id = tokenizer.Encode(letter).Single();

        // Every token is the unit vector 0, the letter is the unit vector 1; the norm makes 4 of each unit.
        weights["model.embed_tokens.weight"].select(1, 0).fill_(1);
        weights["model.embed_tokens.weight"][id].zero_();
        weights["model.embed_tokens.weight"][id, 1].fill_(1);
        weights["lm_head.weight"][id, 0].fill_(Logit * RmsOfUnitVector);
        weights["lm_head.weight"][tokenizer.EosId, 1].fill_(Logit * RmsOfUnitVector);
        ModelFolder.Save(model, folder, Saving(tokenizer));
    }

    /// <summary>A model with random weights.</summary>
    public static void Random(long seed, TextTokenizer tokenizer, string folder, int maxPositions = 64)
    {
        using var model = ModelFolder.CreateCausalLm(Config(tokenizer) with { InitializerRange = 0.3, MaxPositions = maxPositions }, seed);
        ModelFolder.Save(model, folder, Saving(tokenizer));
    }

    /// <summary>A reward model whose reward grows with the share of a letter among the tokens: attention takes the mean of all tokens.</summary>
    public static void Liking(string letter, TextTokenizer tokenizer, string languageModel, string folder)
    {
        using var scope = NewDisposeScope();
        using var model = ModelFolder.LoadScalarHead(languageModel);
        var weights = Cleared(model);
        weights["model.embed_tokens.weight"].select(1, 0).fill_(1);
        weights["model.embed_tokens.weight"][tokenizer.Encode(letter).Single(), 1].fill_(1);
        weights["model.layers.0.self_attn.v_proj.weight"].copy_(eye(Width));
        weights["model.layers.0.self_attn.o_proj.weight"].copy_(eye(Width));
        weights["score.weight"][0, 1].fill_(1);
        (model.RewardMean, model.RewardStd) = (0.5, 2);
        ModelFolder.Save(model, folder, Saving(tokenizer));
    }

    private static ModelConfig Config(TextTokenizer tokenizer) => new()
    {
        ModelType = "llama",
        VocabularySize = tokenizer.VocabularySize,
        Width = Width,
        Layers = 1,
        Heads = 4,
        KeyValueHeads = 4,
        HeadSize = 4,
        InnerWidth = 16,
        MaxPositions = 64,
        NormEpsilon = 1e-9,
        BosId = tokenizer.BosId,
        EosIds = [tokenizer.EosId],
        PadId = tokenizer.PadId,
    };

    private static SaveOptions Saving(TextTokenizer tokenizer) => new() { CopyTokenizer = tokenizer.CopyTo };

    // Norms keep their ones; the rest becomes zero.
    private static IReadOnlyDictionary<string, Parameter> Cleared(nn.Module model)
    {
        var weights = model.named_parameters().ToDictionary(pair => pair.name, pair => pair.parameter);
        foreach (var (name, weight) in weights)
        {
            weight.requires_grad_(false);
            if (!name.Contains("norm"))
            {
                weight.zero_();
            }
        }

        return weights;
    }
}
