using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// A decoder with one number per token: a reward model (the last real token counts) or a value model (every token counts). Hugging
/// Face's <c>...ForSequenceClassification</c> with <c>num_labels = 1</c>: the head is <c>score.weight</c>, without bias.
/// </summary>
/// <remarks>Made by <see cref="Checkpoints.ModelFolder"/>. Parameters are float32 and belong to no dispose scope; results belong to the caller's.</remarks>
public sealed class ScalarHeadModel : SequenceClassifier
{
    internal ScalarHeadModel(ModelConfig config, IParameterSource source, Device device)
        : base(config, LabelSet.Numbered(1), source, device)
    {
    }

    /// <summary>Mean of the raw rewards on the reference samples; stored as <c>reward_mean</c>.</summary>
    public double RewardMean { get; set; }

    /// <summary>Standard deviation of the raw rewards on the reference samples, above 0; stored as <c>reward_std</c>.</summary>
    public double RewardStd { get; set; } = 1;

    /// <summary>The raw number at every position of unpadded or right-padded rows, [B, T].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    public override Tensor forward(Tensor ids) => Values(ids);

    /// <summary>The raw number at every position.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool; see <see cref="CausalLm.Hidden(Tensor, Tensor?, Tensor?)"/>.</param>
    /// <param name="positions">[B, T] Int64; see <see cref="CausalLm.Hidden(Tensor, Tensor?, Tensor?)"/>.</param>
    /// <returns>[B, T] float32; at padding it carries no meaning.</returns>
    public Tensor Values(Tensor ids, Tensor? attentionMask = null, Tensor? positions = null)
    {
        using var scope = NewDisposeScope();
        return Head(Hidden(ids, attentionMask, positions)).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The raw reward of each right-padded row: the number at its last real token. See <see cref="Normalize"/>.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="lengths">Real tokens of each row, 1 to T.</param>
    /// <returns>[B] float32.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit.</exception>
    public Tensor Scores(Tensor ids, IReadOnlyList<int> lengths)
    {
        if (lengths.Count != ids.size(0) || lengths.Any(length => length < 1 || length > ids.size(1)))
        {
            throw new ArgumentException($"Expected {ids.size(0)} lengths of 1 to {ids.size(1)}, got [{string.Join(", ", lengths)}].", nameof(lengths));
        }

        using var scope = NewDisposeScope();
        var last = lengths.Select((length, row) => (row * ids.size(1)) + length - 1).ToArray();
        if (Packed(ids, last) is { } states)
        {
            return Head(states).squeeze(-1).MoveToOuterDisposeScope();
        }

        return At(Hidden(ids, null, null), tensor(last, device: ids.device)).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>(raw − <see cref="RewardMean"/>) / <see cref="RewardStd"/>: mean 0 and variance 1 on the reference samples.</summary>
    /// <param name="raw">Any shape.</param>
    public Tensor Normalize(Tensor raw)
    {
        using var scope = NewDisposeScope();
        return ((raw - RewardMean) / RewardStd).MoveToOuterDisposeScope();
    }
}
