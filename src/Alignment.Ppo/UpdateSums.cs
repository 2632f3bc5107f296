using Alignment.Training.Metrics;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>What the micro-batches of one update add up to, as far as it has been read.</summary>
/// <param name="reads">Where the numbers wait until they are read.</param>
internal sealed class UpdateSums(PendingReads reads)
{
    /// <summary>Mean clipped policy loss of the update.</summary>
    public double PolicyLoss { get; set; }

    /// <summary>Mean clipped value loss of the update, without vf_coef.</summary>
    public double ValueLoss { get; set; }

    /// <summary>Mean negative log-likelihood per token of the pre-training mix, times its coefficient.</summary>
    public double Pretraining { get; set; }

    /// <summary>Tokens so far.</summary>
    public long Tokens { get; private set; }

    /// <summary>States with a value so far.</summary>
    public long States { get; private set; }

    /// <summary>Σ exp(new − old log-prob).</summary>
    public double Ratio { get; private set; }

    /// <summary>Largest |new − old log-prob|; NaN when one is not a number.</summary>
    public double LargestChange { get; private set; }

    /// <summary>Σ ½(new − old log-prob)².</summary>
    public double ApproxKl { get; private set; }

    /// <summary>Σ entropy of the softmax, in nats.</summary>
    public double Entropy { get; private set; }

    /// <summary>Tokens whose clipped policy loss was the larger one.</summary>
    public double PolicyClipped { get; private set; }

    /// <summary>States whose clipped value loss was the larger one.</summary>
    public double ValueClipped { get; private set; }

    /// <summary>Mean ratio of the update.</summary>
    public double MeanRatio => Ratio / Tokens;

    /// <summary>Adds the policy's side of a micro-batch; every argument is [N], detached.</summary>
    public void AddPolicy(Tensor logProbs, Tensor oldLogProbs, Tensor entropy, Tensor clipped)
    {
        using var scope = NewDisposeScope();
        var change = logProbs - oldLogProbs; // [N]
        Tokens += change.size(0);
        reads.Add(change.exp().sum(), sum => Ratio += sum);
        reads.Add(change.square().sum(), sum => ApproxKl += 0.5 * sum);
        reads.Add(entropy.sum(), sum => Entropy += sum);
        reads.Add(clipped.sum(), count => PolicyClipped += count);
        reads.Add(change.abs().max(), largest => LargestChange = double.IsNaN(largest) ? largest : Math.Max(LargestChange, largest));
    }

    /// <summary>Adds the value model's side; [M], boolean.</summary>
    public void AddValue(Tensor clipped)
    {
        using var scope = NewDisposeScope();
        States += clipped.size(0);
        reads.Add(clipped.sum(), count => ValueClipped += count);
    }
}
