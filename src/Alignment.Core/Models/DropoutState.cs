using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Where the chance behind dropout stood before a layer ran, so that it can run again with the same masks.</summary>
/// <remarks>
/// A state on the CPU is read and set back. TorchSharp gives no access to the state of a CUDA generator: there each layer's chance is
/// begun anew from a number that is drawn on the CPU, which repeats just as well but gives other masks than without checkpoints.
/// </remarks>
internal sealed class DropoutState
{
    private readonly Generator? _generator;
    private readonly byte[] _state;
    private readonly long? _seed;

    private DropoutState(Generator? generator, byte[] state, long? seed)
    {
        _generator = generator;
        _state = state;
        _seed = seed;
    }

    /// <summary>The state now; null where nothing is drawn. Call before the layer runs.</summary>
    public static DropoutState? Take(nn.Module layer, ComputeMode mode, Device device)
    {
        if (!layer.training)
        {
            return null;
        }

        if (device.type == DeviceType.CPU)
        {
            return new DropoutState(mode.DropoutGenerator, Read(mode.DropoutGenerator), null);
        }

        using var drawn = randint(long.MaxValue, [1], dtype: ScalarType.Int64, device: CPU);
        var seed = drawn.item<long>();
        manual_seed(seed);
        return new DropoutState(null, [], seed);
    }

    /// <summary>Back to that state until the result is disposed.</summary>
    public IDisposable Again()
    {
        var present = new DropoutState(_generator, Read(_generator), null);
        if (_seed is { } seed)
        {
            manual_seed(seed);
        }
        else
        {
            Set();
        }

        return new Return(present);
    }

    private static byte[] Read(Generator? generator)
    {
        using var state = generator is null ? random.get_rng_state() : generator.get_state();
        return state.bytes.ToArray();
    }

    private void Set()
    {
        using var state = tensor(_state, ScalarType.Byte);
        if (_generator is null)
        {
            random.set_rng_state(state);
        }
        else
        {
            _generator.set_state(state);
        }
    }

    private sealed class Return(DropoutState present) : IDisposable
    {
        public void Dispose() => present.Set();
    }
}
