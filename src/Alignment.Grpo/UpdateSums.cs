using Alignment.Training.Metrics;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>What the micro-batches of one update add up to, as far as it has been read.</summary>
/// <param name="reads">Where the numbers wait until they are read.</param>
internal sealed class UpdateSums(PendingReads reads)
{
    /// <summary>The update's loss.</summary>
    public double Loss { get; set; }

    /// <summary>Response tokens.</summary>
    public long Tokens { get; private set; }

    /// <summary>Tokens that count in the loss.</summary>
    public long Counted { get; private set; }

    /// <summary>Σ entropy of the softmax, in nats.</summary>
    public double Entropy { get; private set; }

    /// <summary>Tokens clipped from below.</summary>
    public double LowClipped { get; private set; }

    /// <summary>Tokens clipped from above.</summary>
    public double HighClipped { get; private set; }

    /// <summary>Largest |new − old log-prob|; NaN when one is not a number.</summary>
    public double LargestChange { get; private set; }

    /// <summary>Adds a micro-batch.</summary>
    /// <param name="entropy">[N].</param>
    /// <param name="change">[N], new − old log-prob; null where old is new.</param>
    /// <param name="counted">Tokens that count.</param>
    /// <param name="loss">Its clipped tokens.</param>
    public void Add(Tensor entropy, Tensor? change, long counted, MicroLoss loss)
    {
        using var scope = NewDisposeScope();
        Tokens += entropy.size(0);
        Counted += counted;
        reads.Add(entropy.sum(), sum => Entropy += sum);
        if (loss is { LowClipped: { } low, HighClipped: { } high })
        {
            reads.Add(low.sum(), count => LowClipped += count);
            reads.Add(high.sum(), count => HighClipped += count);
        }

        if (change is not null)
        {
            reads.Add(change.abs().max(), largest => LargestChange = double.IsNaN(largest) ? largest : Math.Max(LargestChange, largest));
        }
    }
}
