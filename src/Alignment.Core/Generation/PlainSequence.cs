using System.Runtime.InteropServices;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Generation;

/// <summary>A sequence that runs through torch's operators.</summary>
/// <param name="model">In evaluation mode; its weights must not change meanwhile.</param>
/// <param name="capacity">Most tokens.</param>
internal sealed class PlainSequence(CausalLm model, int capacity) : IHeldSequence
{
    private readonly IDisposable _weights = model.HoldWeights();
    private readonly KvCache _cache = model.CreateCache(1, capacity);
    private readonly List<int> _held = [];

    public ReadOnlySpan<int> Held => CollectionsMarshal.AsSpan(_held);

    public void Truncate(int length)
    {
        if (length < _held.Count && model.Config.RotaryScaling?.Kind is RotaryKind.Dynamic or RotaryKind.LongRope)
        {
            length = 0; // angles of a longer sequence are in the cache
        }

        _cache.Truncate(length);
        _held.RemoveRange(length, _held.Count - length);
    }

    public ReadOnlySpan<float> Run(int[] tokens)
    {
        using var step = NewDisposeScope();
        using var noGrad = no_grad();
        var ids = tensor([.. tokens.Select(id => (long)id)], [1, tokens.Length]).SentTo(model.Device); // [1, T]
        var hidden = model.Hidden(ids, _cache).select(1, tokens.Length - 1); // [1, D]
        _held.AddRange(tokens);
        return model.Logits(hidden).cpu().contiguous().data<float>().ToArray(); // V
    }

    public void Dispose()
    {
        _cache.Dispose();
        _weights.Dispose();
    }
}
