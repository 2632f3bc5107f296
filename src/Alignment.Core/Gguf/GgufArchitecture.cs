using Alignment.Core.Models;

namespace Alignment.Core.Gguf;

/// <summary>How one family of models is laid out in GGUF. Source: the tensor names and graphs of github.com/ggml-org/llama.cpp.</summary>
internal sealed record GgufArchitecture
{
    /// <summary>Names outside the layers, without the backbone's prefix.</summary>
    private static readonly Dictionary<string, string> OuterNames = new(StringComparer.Ordinal)
    {
        ["embed_tokens"] = "token_embd",
        ["wte"] = "token_embd",
        ["wpe"] = "position_embd",
        ["norm"] = "output_norm",
        ["ln_f"] = "output_norm",
        ["lm_head"] = "output",
    };

    private static readonly Dictionary<string, string> LlamaNames = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm",
        ["self_attn.q_proj"] = "attn_q",
        ["self_attn.k_proj"] = "attn_k",
        ["self_attn.v_proj"] = "attn_v",
        ["self_attn.o_proj"] = "attn_output",
        ["post_attention_layernorm"] = "ffn_norm",
        ["mlp.gate_proj"] = "ffn_gate",
        ["mlp.up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
    };

    private static readonly Dictionary<string, string> QueryKeyNorms = new(StringComparer.Ordinal)
    {
        ["self_attn.q_norm"] = "attn_q_norm",
        ["self_attn.k_norm"] = "attn_k_norm",
    };

    private static readonly Dictionary<string, string> Gemma2Names = new(LlamaNames, StringComparer.Ordinal)
    {
        ["post_attention_layernorm"] = "post_attention_norm",
        ["pre_feedforward_layernorm"] = "ffn_norm",
        ["post_feedforward_layernorm"] = "post_ffw_norm",
    };

    private static readonly Dictionary<string, string> Phi3Names = new(StringComparer.Ordinal)
    {
        ["input_layernorm"] = "attn_norm",
        ["self_attn.qkv_proj"] = "attn_qkv",
        ["self_attn.o_proj"] = "attn_output",
        ["post_attention_layernorm"] = "ffn_norm",
        ["mlp.gate_up_proj"] = "ffn_up",
        ["mlp.down_proj"] = "ffn_down",
    };

    private static readonly Dictionary<string, string> Gpt2Names = new(StringComparer.Ordinal)
    {
        ["ln_1"] = "attn_norm",
        ["attn.c_attn"] = "attn_qkv",
        ["attn.c_proj"] = "attn_output",
        ["ln_2"] = "ffn_norm",
        ["mlp.c_fc"] = "ffn_up",
        ["mlp.c_proj"] = "ffn_down",
    };

    private static readonly GgufArchitecture[] All =
    [
        new()
        {
            ModelTypes = ["llama", "mistral"],
            Name = "llama",
            LayerNames = LlamaNames,
            Biased = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"],
            InterleavedRotary = true,
            Scalings = [RotaryKind.Linear, RotaryKind.Dynamic, RotaryKind.Yarn, RotaryKind.Llama3],
        },
        new() { ModelTypes = ["qwen2"], Name = "qwen2", LayerNames = LlamaNames, Biased = ["attn_q", "attn_k", "attn_v"], HeadsFillWidth = true },
        new() { ModelTypes = ["qwen3"], Name = "qwen3", LayerNames = Joined(LlamaNames, QueryKeyNorms) },
        new() { ModelTypes = ["gemma"], Name = "gemma", LayerNames = LlamaNames, Activation = ActivationKind.GeluTanh, AlwaysTied = true },
        new() { ModelTypes = ["gemma2"], Name = "gemma2", LayerNames = Gemma2Names, Activation = ActivationKind.GeluTanh, AlwaysTied = true, WindowPeriod = 2, LayersScaledByWidth = 46 },
        new() { ModelTypes = ["gemma3_text"], Name = "gemma3", LayerNames = Joined(Gemma2Names, QueryKeyNorms), Activation = ActivationKind.GeluTanh, WindowPeriod = 6, LayersScaledByWidth = 62 },
        new()
        {
            ModelTypes = ["phi3"],
            Name = "phi3",
            LayerNames = Phi3Names,
            HeadsFillWidth = true,
            Scalings = [RotaryKind.Linear, RotaryKind.Dynamic, RotaryKind.Yarn, RotaryKind.LongRope],
        },
        new()
        {
            ModelTypes = ["gpt2"],
            Name = "gpt2",
            LayerNames = Gpt2Names,
            Biased = ["attn_norm", "attn_qkv", "attn_output", "ffn_norm", "ffn_up", "ffn_down", "output_norm"],
            Activation = ActivationKind.GeluTanh,
            HeadsFillWidth = true,
        },
    ];

    /// <summary>The families that it is for, by their <c>model_type</c>.</summary>
    public required string[] ModelTypes { get; init; }

    /// <summary>The value of <c>general.architecture</c> and the first part of the architecture's keys.</summary>
    public required string Name { get; init; }

    /// <summary>Modules of a layer, by their Hugging Face name within it.</summary>
    public required Dictionary<string, string> LayerNames { get; init; }

    /// <summary>What may have a bias, by the file's names.</summary>
    public string[] Biased { get; init; } = [];

    /// <summary>The nonlinearity that its runtimes compute.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Silu;

    /// <summary>Rotary pairs are neighbours (2i, 2i+1) in the file's runtimes, halves (i, i + d/2) in Hugging Face's weights: rows of query and key change places.</summary>
    public bool InterleavedRotary { get; init; }

    /// <summary>Head size · heads must be the width.</summary>
    public bool HeadsFillWidth { get; init; }

    /// <summary>There is no output layer of its own.</summary>
    public bool AlwaysTied { get; init; }

    /// <summary>Of so many layers the last one sees everything, the others a window; null = its runtimes know no window.</summary>
    public int? WindowPeriod { get; init; }

    /// <summary>A model of so many layers has its scores divided by √(width / heads) in place of √(head size).</summary>
    public int? LayersScaledByWidth { get; init; }

    /// <summary>The rotary scalings that its runtimes can do or leave out without harm.</summary>
    public RotaryKind[] Scalings { get; init; } = [RotaryKind.Linear, RotaryKind.Dynamic, RotaryKind.Yarn];

    /// <summary>Every family that can be written.</summary>
    public static IEnumerable<string> Families => All.SelectMany(architecture => architecture.ModelTypes);

    /// <summary>The layout of a family.</summary>
    /// <exception cref="InvalidDataException">It has none.</exception>
    public static GgufArchitecture Of(string modelType) => All.FirstOrDefault(architecture => architecture.ModelTypes.Contains(modelType))
        ?? throw new InvalidDataException($"A {modelType} model cannot be written as GGUF; supported are {string.Join(", ", Families)}.");

    /// <summary>The file's name of a parameter; null for one that it has no place for.</summary>
    /// <param name="name">Without the backbone's prefix.</param>
    /// <param name="layers">The name of the list of layers, such as <c>layers</c>.</param>
    public string? NameOf(string name, string layers)
    {
        var dot = name.LastIndexOf('.');
        var (module, kind) = dot < 0 ? (name, "") : (name[..dot], name[(dot + 1)..]);
        var parts = module.Split('.', 3);
        var isInner = parts.Length == 3 && parts[0] == layers;
        return (isInner ? LayerNames : OuterNames).TryGetValue(isInner ? parts[2] : module, out var found) && (kind == "weight" || (kind == "bias" && Biased.Contains(found)))
            ? $"{(isInner ? $"blk.{parts[1]}." : "")}{found}.{kind}"
            : null;
    }

    private static Dictionary<string, string> Joined(Dictionary<string, string> names, Dictionary<string, string> more) => new(names.Concat(more), StringComparer.Ordinal);
}
