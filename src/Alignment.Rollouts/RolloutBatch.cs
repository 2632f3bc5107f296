using Alignment.Core.Numerics;
using Alignment.Objectives;
using Alignment.Rollouts.Rewards;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>
/// The responses of one step and what is known of each of their tokens, as tables [B, R] with R the longest response. Past a response's
/// end a table holds 0 and is never read. The tables belong to the dispose scope in which the batch was made.
/// </summary>
public sealed class RolloutBatch
{
    /// <summary>Makes empty tables.</summary>
    /// <param name="rollouts">At least one.</param>
    /// <param name="device">Where the tables lie.</param>
    /// <param name="placement">A score after the last token needs the value there too.</param>
    public RolloutBatch(IReadOnlyList<Rollout> rollouts, Device device, ScorePlacement placement = ScorePlacement.LastToken)
    {
        Rollouts = rollouts;
        Lengths = [.. rollouts.Select(rollout => rollout.Response.Length)];
        Width = Lengths.Max();
        ValueLengths = placement == ScorePlacement.AfterLastToken ? [.. Lengths.Select(length => Math.Min(length + 1, Width))] : Lengths;
        Mask = Masked.FromLengths(Lengths, Width).SentTo(device);
        ValueMask = Masked.FromLengths(ValueLengths, Width).SentTo(device);
        LogProbs = Table(device);
        ReferenceLogProbs = Table(device);
        Values = Table(device);
        Scores = new float[rollouts.Count];
    }

    /// <summary>B responses.</summary>
    public IReadOnlyList<Rollout> Rollouts { get; }

    /// <summary>Tokens of each response.</summary>
    public int[] Lengths { get; }

    /// <summary>States of each response that have a value: its tokens, and one more where the score is paid after the last token.</summary>
    public int[] ValueLengths { get; }

    /// <summary>R.</summary>
    public int Width { get; }

    /// <summary>[B, R] Bool: tokens of responses.</summary>
    public Tensor Mask { get; }

    /// <summary>[B, R] Bool: states that have a value.</summary>
    public Tensor ValueMask { get; }

    /// <summary>[B, R]: log π of the tokens when they were scored, in nats.</summary>
    public Tensor LogProbs { get; }

    /// <summary>[B, R]: log π_ref, in nats.</summary>
    public Tensor ReferenceLogProbs { get; }

    /// <summary>[B, R]: KL(π ‖ π_ref) of the whole distributions where each token is drawn, in nats; null where nobody asked for it.</summary>
    public Tensor? FullKl { get; set; }

    /// <summary>[B, R]: V of the state before each token.</summary>
    public Tensor Values { get; }

    /// <summary>One per response: summed, clipped, after the missing-EOS penalty.</summary>
    public float[] Scores { get; }

    /// <summary>The scores as the reward gave them, each of its terms; null before they are known.</summary>
    public RewardScores? Rewards { get; set; }

    /// <summary>The estimate of the KL from the reference at each token.</summary>
    /// <param name="estimator">Which one; <see cref="KlEstimator.Full"/> needs <see cref="FullKl"/>.</param>
    /// <returns>[B, R], 0 past a response's end, in nats; owned by the caller's dispose scope.</returns>
    public Tensor Kl(KlEstimator estimator) => estimator == KlEstimator.Full
        ? (FullKl ?? throw new InvalidOperationException("the distributions were not compared when the responses were scored")).alias()
        : KlEstimators.PerToken(LogProbs, ReferenceLogProbs, estimator);

    /// <summary>The entries of a table at the cells of a micro-batch.</summary>
    /// <param name="table">[B, R].</param>
    /// <param name="cells">[N] Int64.</param>
    /// <returns>[N].</returns>
    public static Tensor Pick(Tensor table, Tensor cells) => table.reshape(-1).index_select(0, cells);

    /// <summary>Sets the entries of a table at the cells of a micro-batch.</summary>
    /// <param name="table">[B, R], changed in place.</param>
    /// <param name="cells">[N] Int64.</param>
    /// <param name="values">[N].</param>
    public static void Put(Tensor table, Tensor cells, Tensor values)
    {
        using var scope = NewDisposeScope();
        table.view(-1).index_copy_(0, cells, values);
    }

    private Tensor Table(Device device) => zeros(Rollouts.Count, Width, dtype: ScalarType.Float32, device: device);
}
