using Alignment.Core.Generation.Decoding;
using Alignment.Core.Models;

namespace Alignment.Core.Generation;

/// <summary>
/// A language model that only samples: it takes about half of the memory of a <see cref="CausalLm"/> in float32, in bfloat16 a third more than a quarter.
/// Its weights are laid out for decoding as they are read, and nothing else is kept of them but the token vectors. Where decoding needs libtorch's
/// operators (other devices, angles that depend on the length) it is a plain model. Made by <see cref="Checkpoints.ModelFolder"/>.
/// </summary>
/// <remarks>Samples the same text as the model itself. Several generators may use it, one after the other.</remarks>
public sealed class SamplingModel : IDisposable
{
    internal SamplingModel(DecodeWeights weights)
    {
        Weights = weights;
        Config = weights.Config;
    }

    internal SamplingModel(CausalLm model)
    {
        Plain = model;
        Config = model.Config;
    }

    /// <summary>What the model was built from.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weights, laid out; null where <see cref="Plain"/> is used.</summary>
    internal DecodeWeights? Weights { get; }

    /// <summary>The model for libtorch's operators; null where <see cref="Weights"/> are.</summary>
    internal CausalLm? Plain { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Weights?.Dispose();
        Plain?.Dispose();
    }
}
