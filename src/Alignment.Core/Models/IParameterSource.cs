using Alignment.Core.Lora;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// Where a model under construction takes its parameters from: fresh random numbers or a folder of weights. Each is asked for once,
/// with the shape that the config demands, so nothing is filled twice and a file's shapes are checked before memory is taken.
/// </summary>
internal interface IParameterSource
{
    /// <summary>A tensor of float32 on the model's device that nobody else holds.</summary>
    /// <param name="name">The key in Hugging Face's state dict.</param>
    /// <param name="shape">What the config demands.</param>
    /// <param name="init">How to fill it when there is nothing to read.</param>
    Tensor Take(string name, long[] shape, ParameterInit init);

    /// <summary>How a projection is to hold its weight.</summary>
    /// <param name="name">The weight's key.</param>
    Quantization QuantizationOf(string name) => Quantization.None;

    /// <summary>In which type a projection is to hold its weight.</summary>
    /// <param name="name">The weight's key.</param>
    ScalarType TypeOf(string name) => ScalarType.Float32;
}
