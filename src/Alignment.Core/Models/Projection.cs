using Alignment.Core.Kernels;
using Alignment.Core.Lora;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>y = x · Wᵀ + b in the model's compute type, over float32 parameters; with a low-rank update where an adapter gives one.</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    /// <summary>PEFT's names below the projection's.</summary>
    public const string FactorA = "lora_A", FactorB = "lora_B", MagnitudeName = "lora_magnitude_vector";

    private readonly ComputeMode _mode;
    private readonly bool _storedTransposed;
    private readonly Parameter? weight;
    private readonly QuantizedWeight? _quantized;
    private readonly Parameter? bias;
    private Tensor? _mergedNorms;
    private Tensor? _merged; // [out, in], in place of a quantised weight

    /// <param name="mode">Shared by the whole model.</param>
    /// <param name="source">Gives the parameters.</param>
    /// <param name="name">Key without <c>.weight</c>.</param>
    /// <param name="inputs">Size of x.</param>
    /// <param name="outputs">Size of y.</param>
    /// <param name="hasBias">Whether b exists.</param>
    /// <param name="storedTransposed">The weight is kept [in, out], as GPT-2's files have it.</param>
    /// <param name="init">How a fresh weight is drawn.</param>
    public Projection(ComputeMode mode, IParameterSource source, string name, long inputs, long outputs, bool hasBias, bool storedTransposed, ParameterInit init = ParameterInit.Normal)
        : base(nameof(Projection))
    {
        _mode = mode;
        _storedTransposed = storedTransposed;
        Name = name;
        Inputs = inputs;
        Outputs = outputs;
        long[] shape = storedTransposed ? [inputs, outputs] : [outputs, inputs];
        Quantization = source.QuantizationOf(name + ".weight");
        if (Quantization != Quantization.None)
        {
            using var dense = source.Take(name + ".weight", shape, init);
            _quantized = dense.numel() == 0 ? null : QuantizedWeight.Of(Quantization, storedTransposed ? dense.t() : dense);
        }
        else
        {
            weight = Parameters.Make(source, name + ".weight", shape, init, source.TypeOf(name + ".weight"));
            register_parameter(nameof(weight), weight);
        }

        bias = hasBias ? Parameters.Make(source, name + ".bias", [outputs], ParameterInit.Zeros) : null;
        if (bias is not null)
        {
            register_parameter(nameof(bias), bias);
        }
    }

    /// <summary>Full name in Hugging Face's state dict.</summary>
    public string Name { get; }

    /// <summary>Size of x.</summary>
    public long Inputs { get; }

    /// <summary>Size of y.</summary>
    public long Outputs { get; }

    /// <summary>The parameter as it is stored.</summary>
    /// <exception cref="InvalidOperationException">The weight is quantised.</exception>
    public Parameter Weight => weight ?? throw new InvalidOperationException($"'{Name}' holds a quantised weight, which is no parameter.");

    /// <summary>Null where there is none.</summary>
    public Parameter? Bias => bias;

    /// <summary>The update; null without an adapter.</summary>
    public LoraLayer? Lora { get; private set; }

    /// <summary>How the weight is held.</summary>
    public Quantization Quantization { get; }

    /// <summary>What is held of a quantised weight, in bytes; 0 where the weight is a parameter.</summary>
    public long QuantizedBytes => _quantized?.Bytes ?? 0;

    /// <summary>The weight as files store it, where an update is merged into a quantised one; else null.</summary>
    public Tensor? MergedWeight => _merged is not null && _storedTransposed ? _merged.t() : _merged;

    /// <summary>W, [out, in] in the parameters' type; made anew of a quantised weight.</summary>
    public Tensor Matrix() => _merged ?? _quantized?.Dequantize() ?? (_storedTransposed ? Weight.t() : Weight);

    /// <summary>x · Wᵀ, with b where wanted, without the update.</summary>
    /// <param name="input">[..., in] in the compute type.</param>
    /// <param name="withBias">Whether to add b.</param>
    /// <returns>[..., out].</returns>
    public Tensor Multiply(Tensor input, bool withBias)
    {
        using var scope = NewDisposeScope();
        if (weight is not null && LinearFunction.Fits(input, weight))
        {
            return LinearFunction.Run(input, weight, _storedTransposed, withBias ? bias : null, added: null).MoveToOuterDisposeScope();
        }

        var offset = bias is null || !withBias ? null : _mode.Weight(bias);
        if (_quantized is not null && _merged is null)
        {
            var product = QuantizedLinear.apply(input, _quantized);
            return (offset is null ? product : product + offset).MoveToOuterDisposeScope();
        }

        if (_merged is not null)
        {
            return nn.functional.linear(input, _mode.Weight(_merged), offset).MoveToOuterDisposeScope();
        }

        var matrix = _mode.Weight(Weight);
        return nn.functional.linear(input, _storedTransposed ? matrix.t() : matrix, offset).MoveToOuterDisposeScope();
    }

    /// <param name="input">[..., in].</param>
    /// <returns>[..., out] in the compute type.</returns>
    public override Tensor forward(Tensor input)
    {
        if (Lora is not { IsOn: true } && input.dtype == _mode.Type)
        {
            return Multiply(input, withBias: true);
        }

        using var scope = NewDisposeScope();
        var x = _mode.Convert(input);
        var output = Multiply(x, withBias: true);
        return (Lora is { IsOn: true } lora ? lora.Apply(x, output, this, _mode) : output).MoveToOuterDisposeScope();
    }

    /// <summary>sum + x · Wᵀ + b, where it can be had in one pass.</summary>
    /// <param name="sum">[..., out].</param>
    /// <param name="input">[..., in].</param>
    /// <returns>[..., out] in the sum's type.</returns>
    public Tensor AddTo(Tensor sum, Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _mode.Convert(input);
        var fits = Lora is not { IsOn: true } && weight is not null && sum.dtype == ScalarType.Float32 && LinearFunction.Fits(x, weight);
        return (fits ? LinearFunction.Run(x, weight!, _storedTransposed, bias, sum) : sum + forward(x)).MoveToOuterDisposeScope();
    }

    /// <summary>Takes an update, whose parameters become parameters of this module.</summary>
    public void Update(LoraLayer lora)
    {
        if (Lora is not null)
        {
            throw new InvalidOperationException($"'{Name}' has a low-rank update already; merge it before giving another.");
        }

        Lora = lora;
        register_module(FactorA, lora.A);
        register_module(FactorB, lora.B);
        if (lora.Magnitude is { } magnitude)
        {
            register_parameter(MagnitudeName, magnitude);
        }
    }

    /// <summary>Puts the update into the weight, which is dense from then on, and switches it off.</summary>
    public void Merge()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var lora = Lora!;
        var matrix = Matrix();
        _mergedNorms = lora.Magnitude is null ? null : LoraMath.RowNorms(matrix, lora.A.Weight, lora.B.Weight, lora.Scaling).DetachFromDisposeScope();
        var merged = lora.Merged(matrix);
        if (_quantized is not null)
        {
            _merged = merged.DetachFromDisposeScope();
        }
        else
        {
            matrix.copy_(merged);
        }

        lora.IsOn = false;
    }

    /// <summary>Takes it out again and switches it on.</summary>
    public void Unmerge()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var lora = Lora!;
        if (_quantized is not null)
        {
            _merged!.Dispose();
            _merged = null;
        }
        else
        {
            var matrix = Matrix();
            matrix.copy_(lora.Unmerged(matrix, _mergedNorms));
        }

        _mergedNorms?.Dispose();
        _mergedNorms = null;
        lora.IsOn = true;
    }

    /// <summary>Parameters are registered by name; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _mergedNorms?.Dispose();
        _merged?.Dispose();
        _quantized?.Dispose();
        base.Dispose(disposing);
    }
}
