using Alignment.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>What the micro-batches of one update add up to.</summary>
internal sealed class UpdateSums
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
    /// <param name="mask">[b, R], boolean: tokens that count.</param>
    /// <param name="loss">Its clipped tokens.</param>
    public void Add(Tensor entropy, Tensor? change, Tensor mask, MicroLoss loss)
    {
        using var scope = NewDisposeScope();
        Tokens += entropy.size(0);
        Counted += Masked.Count(mask);
        Entropy += entropy.sum().ToDouble();
        LowClipped += loss.LowClipped is { } low ? Masked.Count(low) : 0;
        HighClipped += loss.HighClipped is { } high ? Masked.Count(high) : 0;
        if (change is not null)
        {
            var largest = change.abs().max().ToDouble();
            LargestChange = double.IsNaN(largest) ? largest : Math.Max(LargestChange, largest);
        }
    }
}
