using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>What all modules of one model share: the type of the matrix products and the chance behind dropout.</summary>
internal sealed class ComputeMode
{
    private Dictionary<Tensor, Tensor>? _held;

    /// <summary>Type of matrix products and of what flows between them; parameters, norms, softmax and the residual stream stay as they are.</summary>
    public ScalarType Type { get; set; } = ScalarType.Float32;

    /// <summary>Whether a layer keeps its input only and runs again for its gradients.</summary>
    public bool Checkpointing { get; set; }

    /// <summary>
    /// Whether attention is one operator of libtorch's, which on a GPU keeps no scores, and not products with a softmax between them. Set where the model lies on another device than the CPU.
    /// </summary>
    public bool ScaledDotProduct { get; set; }

    /// <summary>Draws dropout masks; null means torch's default generator.</summary>
    public Generator? DropoutGenerator { get; set; }

    /// <summary>Whether <see cref="ScaledDotProduct"/> is for a model: where no kernel of our own runs, and attention does nothing that the operator does not know.</summary>
    public static bool OneOperator(ModelConfig config, Device device) => device.type != DeviceType.CPU && config.ScoreSoftCap is null;

    /// <summary>The tensor in the compute type; as it is when that is float32 (a model may be run in float64 to check its numbers).</summary>
    public Tensor Convert(Tensor tensor) =>
        Type == ScalarType.Float32 || tensor.dtype == Type ? tensor : tensor.to(Type);

    /// <summary>A parameter in the compute type: converted for this use, or once where weights are held and gradients are off.</summary>
    public Tensor Weight(Tensor parameter)
    {
        if (_held is null || Type == ScalarType.Float32 || parameter.dtype == Type || is_grad_enabled())
        {
            return Convert(parameter);
        }

        if (!_held.TryGetValue(parameter, out var held))
        {
            held = Convert(parameter).DetachFromDisposeScope();
            _held.Add(parameter, held);
        }

        return held;
    }

    /// <summary>Keeps converted weights until the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">They are held already.</exception>
    public IDisposable Hold()
    {
        if (_held is not null)
        {
            throw new InvalidOperationException("The weights are held already; dispose the first hold before taking another.");
        }

        _held = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        return new Release(this);
    }

    /// <summary>Zeroes elements with the given probability and scales the rest up, so that the mean stays.</summary>
    public Tensor Dropout(Tensor input, double rate, bool training)
    {
        if (!training || rate == 0)
        {
            return input;
        }

        using var scope = NewDisposeScope();
        var kept = empty_like(input.detach()).bernoulli_(1 - rate, DropoutGenerator!).div_(1 - rate);
        return (input * kept).MoveToOuterDisposeScope();
    }

    private sealed class Release(ComputeMode mode) : IDisposable
    {
        public void Dispose()
        {
            var held = mode._held;
            mode._held = null;
            foreach (var tensor in held?.Values ?? Enumerable.Empty<Tensor>())
            {
                tensor.Dispose();
            }
        }
    }
}
