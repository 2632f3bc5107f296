using Alignment.Core.Models;

namespace Alignment.Core.Gguf;

/// <summary>The metadata that says what model the tensors are: <c>general.*</c> and the architecture's own keys.</summary>
internal sealed class GgufMetadata
{
    private readonly List<KeyValuePair<string, object>> _values = [];
    private readonly List<string> _remarks = [];
    private readonly GgufArchitecture _architecture;

    /// <exception cref="InvalidDataException">The runtimes have no way to do what the config says; every such thing is listed.</exception>
    public GgufMetadata(ModelConfig config, GgufType type, string name)
    {
        _architecture = GgufArchitecture.Of(config.ModelType);
        var problems = GgufLimits.Problems(config, _architecture).ToList();
        if (problems.Count > 0)
        {
            throw new InvalidDataException($"This {config.ModelType} model cannot be written as GGUF: {string.Join("; ", problems)}.");
        }

        AddGeneral(type, name);
        AddShape(config);
        AddWindow(config);
        if (config.Positions == PositionKind.Rotary)
        {
            AddRotary(config);
        }
    }

    public IReadOnlyList<KeyValuePair<string, object>> Values => _values;

    /// <summary>What the runtimes do otherwise, one sentence each.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    private void AddGeneral(GgufType type, string name)
    {
        _values.Add(new("general.architecture", _architecture.Name));
        _values.Add(new("general.type", "model"));
        _values.Add(new("general.name", name));
        _values.Add(new("general.file_type", FileType(type)));
        if (type == GgufType.Q8_0)
        {
            _values.Add(new("general.quantization_version", 2u));
        }
    }

    /// <summary>The number of llama.cpp's file types: "mostly" of this tensor type.</summary>
    private static uint FileType(GgufType type) => type switch { GgufType.F32 => 0, GgufType.F16 => 1, GgufType.Q8_0 => 7, _ => 32 };

    private void AddShape(ModelConfig config)
    {
        Add("vocab_size", (uint)config.VocabularySize);
        Add("context_length", (uint)(config.RotaryScaling?.Kind == RotaryKind.Dynamic ? config.MaxPositions : config.ContextLength));
        Add("embedding_length", (uint)config.Width);
        Add("block_count", (uint)config.Layers);
        Add("feed_forward_length", (uint)config.InnerWidth);
        Add("attention.head_count", (uint)config.Heads);
        Add("attention.head_count_kv", (uint)config.KeyValueHeads);
        Add("attention.key_length", (uint)config.HeadSize);
        Add("attention.value_length", (uint)config.HeadSize);
        Add(config.Norm == NormKind.Layer ? "attention.layer_norm_epsilon" : "attention.layer_norm_rms_epsilon", (float)config.NormEpsilon);
        if (config.ScoreSoftCap is { } scores)
        {
            Add("attn_logit_softcapping", (float)scores);
        }

        if (config.LogitSoftCap is { } logits)
        {
            Add("final_logit_softcapping", (float)logits);
        }
    }

    private void AddWindow(ModelConfig config)
    {
        if (_architecture.WindowPeriod is null)
        {
            if (config.Window < config.MaxPositions && config.WindowLayers.Contains(true))
            {
                _remarks.Add($"llama.cpp has no sliding window for {_architecture.Name}: beyond {config.Window} tokens it attends to more than this model was trained to.");
            }

            if (_architecture.Name == "phi3")
            {
                Add("attention.sliding_window", (uint)(config.WindowLayers.Contains(true) ? config.Window ?? 0 : 0)); // 0 = none; without the key some releases refuse the file
            }
        }
        else if (config.Window is not null || _architecture.Name == "gemma2")
        {
            Add("attention.sliding_window", (uint)(config.Window ?? config.MaxPositions)); // left out, it would be gemma2's usual 4096
        }
    }

    private void AddRotary(ModelConfig config)
    {
        Add("rope.dimension_count", (uint)config.RotarySize);
        Add("rope.freq_base", (float)config.RotaryBase);
        if (config.Window is not null && config.LocalRotaryBase is { } local)
        {
            Add("rope.freq_base_swa", (float)local);
            if (local != 10_000)
            {
                _remarks.Add($"llama.cpp before 2026 takes 10000 for the rotary base of layers with a window; this model's is {local}.");
            }
        }

        if (config.RotaryScaling is not { } scaling)
        {
            return;
        }

        var attention = new RotaryFrequencies(config, config.RotaryBase, scaling).AttentionFactor;
        switch (scaling.Kind)
        {
            case RotaryKind.Linear:
                Add("rope.scaling.type", "linear");
                Add("rope.scaling.factor", (float)scaling.Factor);
                break;
            case RotaryKind.Yarn:
                Add("rope.scaling.type", "yarn");
                Add("rope.scaling.factor", (float)scaling.Factor);
                Add("rope.scaling.original_context_length", (uint)scaling.OriginalPositions);
                attention /= (0.1 * Math.Log(scaling.Factor)) + 1; // this much the runtimes do by themselves
                break;
            case RotaryKind.LongRope:
                Add("rope.scaling.type", "longrope");
                Add("rope.scaling.original_context_length", (uint)scaling.OriginalPositions);
                _remarks.Add($"llama.cpp takes the long rotary factors for every sequence as soon as its context is set above {scaling.OriginalPositions} tokens, this model only for longer sequences.");
                break;
            case RotaryKind.Dynamic:
                _remarks.Add($"llama.cpp has no dynamic rotary scaling: beyond {config.MaxPositions} tokens this model goes on, the file does not.");
                break;
        }

        if (Math.Abs(attention - 1) > 1e-6)
        {
            Add("rope.scaling.attn_factor", (float)attention);
        }
    }

    private void Add(string key, object value) => _values.Add(new($"{_architecture.Name}.{key}", value));
}
