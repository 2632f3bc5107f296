using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>What the forward pass leaves for the backward pass, chunk by chunk, up to a number of bytes. Each is taken once: its memory becomes its gradient.</summary>
internal sealed class KeptLogits(long capacity)
{
    private readonly Dictionary<long, Tensor> _chunks = [];
    private long _bytes;

    /// <summary>The output layer in the compute type; null where it is the parameter itself.</summary>
    public Tensor? Matrix { get; private set; }

    /// <summary>Keeps the output layer, where its type differs from the parameter's.</summary>
    public void KeepMatrix(Tensor matrix) => Matrix = capacity > 0 ? matrix.DetachFromDisposeScope() : null;

    /// <summary>Keeps a chunk while there is room.</summary>
    /// <param name="from">Its first row.</param>
    /// <param name="logits">[n, V]; outlives its scope when it is kept.</param>
    public void Offer(long from, Tensor logits)
    {
        var bytes = logits.numel() * logits.element_size();
        if (_bytes + bytes <= capacity)
        {
            _bytes += bytes;
            _chunks.Add(from, logits.DetachFromDisposeScope());
        }
    }

    /// <summary>A chunk, which is the caller's from now on; null when it was not kept or was taken before.</summary>
    public Tensor? Take(long from)
    {
        _chunks.Remove(from, out var logits);
        return logits;
    }

    /// <summary>Lets the output layer go; a second backward pass converts it again.</summary>
    public void DropMatrix()
    {
        Matrix?.Dispose();
        Matrix = null;
    }
}
