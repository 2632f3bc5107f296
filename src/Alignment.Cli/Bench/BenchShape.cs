using Alignment.Core.Models;

namespace Alignment.Cli.Bench;

/// <summary>The models that are measured: those of the baseline scripts by name, any other by its config.json.</summary>
internal static class BenchShape
{
    /// <summary>The name that is taken when none is given.</summary>
    public const string Default = "llama-58m";

    private static readonly Dictionary<string, string> Known = new()
    {
        [Default] = """
            { "model_type": "llama", "vocab_size": 32000, "hidden_size": 512, "num_hidden_layers": 8, "num_attention_heads": 8,
              "num_key_value_heads": 8, "intermediate_size": 1376, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5,
              "rope_theta": 10000.0, "tie_word_embeddings": false, "hidden_act": "silu" }
            """,
        ["gpt2-124m"] = """
            { "model_type": "gpt2", "vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12, "n_positions": 1024,
              "activation_function": "gelu_new", "layer_norm_epsilon": 1e-5, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0 }
            """,
    };

    /// <summary>Every name, for messages.</summary>
    public static string Names => string.Join(", ", Known.Keys);

    /// <summary>The shape of a name, of a config.json, or of JSON text.</summary>
    /// <exception cref="InvalidDataException">None of these.</exception>
    public static ModelConfig Parse(string shape) => ModelConfig.Parse(Json(shape), IsJson(shape) ? "--shape" : shape);

    /// <summary>The text of a shape's config.json.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static string Json(string shape) =>
        Known.TryGetValue(shape, out var known) ? known
        : IsJson(shape) ? shape
        : File.Exists(shape) ? File.ReadAllText(shape)
        : throw new InvalidDataException($"--shape '{shape}' is no known shape, no file and no JSON; give one of {Names}, a config.json or its text.");

    /// <summary>Floating point operations of one forward pass: 2 for each matmul weight and token, and q·kᵀ and the mix of values over
    /// <paramref name="context"/> keys, not halved for causality: as the baseline scripts count.</summary>
    /// <param name="config">The model.</param>
    /// <param name="tokens">All tokens.</param>
    /// <param name="context">Tokens of a sequence.</param>
    public static double ForwardFlops(ModelConfig config, long tokens, long context)
    {
        var (width, queries, keys) = ((double)config.Width, (double)config.Heads * config.HeadSize, (double)config.KeyValueHeads * config.HeadSize);
        var layer = (2 * width * queries) + (2 * width * keys) + ((config.GatedFeedForward ? 3 : 2) * width * config.InnerWidth);
        var weights = (config.Layers * layer) + ((double)config.VocabularySize * config.TokenWidth);
        return tokens * ((2 * weights) + (4.0 * config.Layers * context * queries));
    }

    /// <summary>What share of the operations are scores and the mix of values, of which causality leaves half: the part that grows with the square of the length.</summary>
    /// <param name="config">The model.</param>
    /// <param name="length">Tokens of a sequence.</param>
    public static double ScoreShare(ModelConfig config, int length) => 1 - (ForwardFlops(config, 2, 0) / ForwardFlops(config, 2, length / 2));

    private static bool IsJson(string shape) => shape.TrimStart().StartsWith('{');
}
