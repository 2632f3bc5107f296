using Alignment.Core.Checkpoints;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// A decoder with one number per token: a reward model (the last real token counts) or a value model (every token counts). Hugging
/// Face's <c>...ForSequenceClassification</c> with <c>num_labels = 1</c>: the head is <c>score.weight</c>, without bias. An ensemble has a
/// label for each of its heads, which are put together to one number.
/// </summary>
/// <remarks>Made by <see cref="Checkpoints.ModelFolder"/>. Parameters are float32 and belong to no dispose scope; results belong to the caller's.</remarks>
public sealed class ScalarHeadModel : SequenceClassifier
{
    internal ScalarHeadModel(ModelConfig config, IParameterSource source, Device device, int heads = 1)
        : base(config, LabelSet.Numbered(heads, ProblemType.Regression), source, device)
    {
        Ensemble = heads > 1 ? new RewardEnsemble(new double[heads]) : null;
    }

    /// <summary>How many heads there are.</summary>
    public int HeadCount => Labels.Count;

    /// <summary>How the heads are put together; null of a model with one head.</summary>
    public RewardEnsemble? Ensemble { get; set; }

    /// <summary>T of the probability that one response is better than another, σ((r₁ − r₂) / T), fitted on held-out pairs and stored as <c>reward_temperature</c>; null where nobody fitted it.</summary>
    public double? Temperature { get; set; }

    /// <summary>Mean of the raw rewards on the reference samples; stored as <c>reward_mean</c>.</summary>
    public double RewardMean { get; set; }

    /// <summary>Standard deviation of the raw rewards on the reference samples, above 0; stored as <c>reward_std</c>.</summary>
    public double RewardStd { get; set; } = 1;

    /// <summary>What the raw reward predicts, of a model that learned from ratings; null of all others.</summary>
    public RatingScale? RatingScale { get; set; }

    /// <summary>The raw number at every position of unpadded or right-padded rows, [B, T].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    public override Tensor forward(Tensor ids) => Values(ids);

    /// <summary>The raw number at every position; of several heads their mean.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool; see <see cref="CausalLm.Hidden(Tensor, Tensor?, Tensor?)"/>.</param>
    /// <param name="positions">[B, T] Int64; see <see cref="CausalLm.Hidden(Tensor, Tensor?, Tensor?)"/>.</param>
    /// <returns>[B, T] float32; at padding it carries no meaning.</returns>
    public Tensor Values(Tensor ids, Tensor? attentionMask = null, Tensor? positions = null)
    {
        using var scope = NewDisposeScope();
        var heads = Head(Hidden(ids, attentionMask, positions)); // [B, T, H]
        return (Ensemble is null ? heads.squeeze(-1) : Ensemble.Centred(heads).mean([-1])).MoveToOuterDisposeScope();
    }

    /// <summary>The raw number at some places of right-padded rows, without what of the rows is of no account for them.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="places">M rows of the flattened [B·T].</param>
    /// <returns>[M] float32, with gradient where it is on.</returns>
    public Tensor ValuesAt(Tensor ids, IReadOnlyList<long> places)
    {
        using var scope = NewDisposeScope();
        long[] rows = [.. places];
        var heads = Packed(ids, rows) is { } states ? Head(states) : At(Hidden(ids, null, null), tensor(rows).SentTo(ids.device)); // [M, H]
        return (Ensemble is null ? heads.squeeze(-1) : Ensemble.Centred(heads).mean([-1])).MoveToOuterDisposeScope();
    }

    /// <summary>The raw reward of each right-padded row: the number at its last real token, of several heads as <see cref="Ensemble"/> puts them together. See <see cref="Normalize"/>.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="lengths">Real tokens of each row, 1 to T.</param>
    /// <returns>[B] float32.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit.</exception>
    public Tensor Scores(Tensor ids, IReadOnlyList<int> lengths)
    {
        using var scope = NewDisposeScope();
        return Together(HeadScores(ids, lengths)).MoveToOuterDisposeScope();
    }

    /// <summary>The raw reward of what the heads say.</summary>
    /// <param name="heads">[B, H], from <see cref="HeadScores"/>.</param>
    /// <returns>[B].</returns>
    public Tensor Together(Tensor heads) => Ensemble is null ? heads.squeeze(-1) : Ensemble.Aggregate(heads);

    /// <summary>What each head says of each right-padded row at its last real token, as it comes: offsets are not taken off.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="lengths">Real tokens of each row, 1 to T.</param>
    /// <returns>[B, H] float32.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit.</exception>
    public Tensor HeadScores(Tensor ids, IReadOnlyList<int> lengths)
    {
        if (lengths.Count != ids.size(0) || lengths.Any(length => length < 1 || length > ids.size(1)))
        {
            throw new ArgumentException($"Expected {ids.size(0)} lengths of 1 to {ids.size(1)}, got [{string.Join(", ", lengths)}].", nameof(lengths));
        }

        using var scope = NewDisposeScope();
        var last = lengths.Select((length, row) => (row * ids.size(1)) + length - 1).ToArray();
        return (Packed(ids, last) is { } states ? Head(states) : At(Hidden(ids, null, null), tensor(last).SentTo(ids.device))).MoveToOuterDisposeScope();
    }

    /// <summary>Puts the heads together in another way; the reward keeps mean 0 and variance 1 on the reference samples.</summary>
    /// <param name="aggregation">How.</param>
    /// <exception cref="InvalidOperationException">The model has one head, or nobody scaled its reward.</exception>
    public void UseAggregation(RewardAggregation aggregation)
    {
        if (Ensemble?.Moments.TryGetValue(aggregation, out var moments) != true)
        {
            throw new InvalidOperationException(Ensemble is null ? "The model has one head; there is nothing to put together." : "The heads' rewards have not been scaled.");
        }

        Ensemble = Ensemble with { Aggregation = aggregation };
        (RewardMean, RewardStd) = moments;
    }

    /// <summary>(raw − <see cref="RewardMean"/>) / <see cref="RewardStd"/>: mean 0 and variance 1 on the reference samples.</summary>
    /// <param name="raw">Any shape.</param>
    public Tensor Normalize(Tensor raw)
    {
        using var scope = NewDisposeScope();
        return ((raw - RewardMean) / RewardStd).MoveToOuterDisposeScope();
    }
}
