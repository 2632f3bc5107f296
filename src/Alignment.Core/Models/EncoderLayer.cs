using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>norm(x + attention(x)), then norm(x + feed-forward(x)): BERT's order. Every query sees every real token.</summary>
internal sealed class EncoderLayer : nn.Module<Tensor, AttentionInputs, Tensor>
{
    private readonly ModelConfig _config;
    private readonly ComputeMode _mode;
    private readonly Projection[] _queryKeyValue;
    private readonly Projection _attentionOutput;
    private readonly Norm _attentionNorm;
    private readonly Projection _up;
    private readonly Projection _down;
    private readonly Norm _outputNorm;

    public EncoderLayer(ModelConfig config, ComputeMode mode, IParameterSource source, string path)
        : base(nameof(EncoderLayer))
    {
        _config = config;
        _mode = mode;
        string[] parts = ["query", "key", "value"];
        _queryKeyValue = [.. parts.Select(part => Dense($"attention.self.{part}", config.Width, config.Width))];
        _attentionOutput = Dense("attention.output.dense", config.Width, config.Width);
        _attentionNorm = new Norm(config, source, $"{path}.attention.output.LayerNorm", config.Width);
        _up = Dense("intermediate.dense", config.Width, config.InnerWidth);
        _down = Dense("output.dense", config.InnerWidth, config.Width);
        _outputNorm = new Norm(config, source, $"{path}.output.LayerNorm", config.Width);
        register_module("attention", new ModuleGroup(
            ("self", new ModuleGroup([.. parts.Zip(_queryKeyValue, (part, projection) => (part, (nn.Module)projection))])),
            ("output", new ModuleGroup(("dense", _attentionOutput), ("LayerNorm", _attentionNorm)))));
        register_module("intermediate", new ModuleGroup(("dense", _up)));
        register_module("output", new ModuleGroup(("dense", _down), ("LayerNorm", _outputNorm)));

        Projection Dense(string name, long inputs, long outputs) =>
            new(mode, source, $"{path}.{name}", inputs, outputs, hasBias: true, storedTransposed: false);
    }

    /// <param name="input">[B, T, D].</param>
    /// <param name="inputs">The mask, which broadcasts to [B·H, T, T], or to [B, H, T, T] for the one operator.</param>
    /// <returns>[B, T, D] in the parameters' type.</returns>
    public override Tensor forward(Tensor input, AttentionInputs inputs)
    {
        using var scope = NewDisposeScope();
        var middle = _attentionNorm.forward(input + Drop(_attentionOutput.forward(Attend(_mode.Convert(input), inputs.Mask))));
        var inner = Activations.Apply(_config.Activation, _up.forward(middle)); // [B, T, inner]
        return _outputNorm.forward(middle + Drop(_down.forward(inner))).MoveToOuterDisposeScope();
    }

    /// <summary>Submodules are registered by BERT's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    private Tensor Attend(Tensor input, Tensor? mask)
    {
        var (rows, time) = (input.size(0), input.size(1));
        var parts = _queryKeyValue.Select(projection => projection.forward(input).view(rows, time, _config.Heads, _config.HeadSize).transpose(1, 2)); // [B, H, T, hd] each
        if (_mode.ScaledDotProduct)
        {
            var each = parts.ToArray();
            return nn.functional.scaled_dot_product_attention(each[0], each[1], each[2], mask, training ? _config.AttentionDropout : 0)
                .transpose(1, 2).reshape(rows, time, -1); // [B, T, D]
        }

        var heads = parts.Select(part => part.reshape(rows * _config.Heads, time, _config.HeadSize)).ToArray(); // [B·H, T, hd] each
        var scores = heads[0].bmm(heads[1].transpose(1, 2)).mul_(1 / Math.Sqrt(_config.HeadSize)); // [B·H, T, T]
        if (mask is not null)
        {
            scores.add_(mask);
        }

        var weights = scores.softmax(-1, scores.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        weights = _mode.Convert(_mode.Dropout(weights, _config.AttentionDropout, training));
        return weights.bmm(heads[2]).view(rows, _config.Heads, time, _config.HeadSize).transpose(1, 2).reshape(rows, time, -1); // [B, T, D]
    }

    private Tensor Drop(Tensor x) => _mode.Dropout(x, _config.ResidualDropout, training);
}
