using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// How several heads on one body give one reward. Where a head's zero lies is chance, so each head's mean on the reference samples is taken off before they are put together; their units stay,
/// which are those of the Bradley-Terry model. Stored as <c>reward_heads</c> in <c>config.json</c>.
/// </summary>
/// <param name="Offsets">For each head what is taken off.</param>
public sealed record RewardEnsemble(IReadOnlyList<double> Offsets)
{
    /// <summary>How the heads are put together.</summary>
    public RewardAggregation Aggregation { get; init; }

    /// <summary>c of <see cref="RewardAggregation.LowerConfidence"/>, at least 0.</summary>
    public double Confidence { get; init; } = 1;

    /// <summary>For each aggregation mean and standard deviation of the reward on the reference samples; empty before they are known.</summary>
    public IReadOnlyDictionary<RewardAggregation, (double Mean, double Std)> Moments { get; init; } = new Dictionary<RewardAggregation, (double Mean, double Std)>();

    /// <summary>One number of several.</summary>
    /// <param name="members">At least one.</param>
    /// <param name="aggregation">How.</param>
    /// <param name="confidence">c.</param>
    public static double Aggregate(IReadOnlyList<double> members, RewardAggregation aggregation, double confidence) => aggregation switch
    {
        RewardAggregation.Mean => members.Average(),
        RewardAggregation.Min => members.Min(),
        _ => members.Average() - (confidence * Deviation(members)),
    };

    /// <summary>Standard deviation over the members (over n): how much they disagree.</summary>
    /// <param name="members">At least one.</param>
    public static double Deviation(IReadOnlyList<double> members)
    {
        var mean = members.Average();
        return Math.Sqrt(members.Average(member => (member - mean) * (member - mean)));
    }

    /// <summary>The heads' rewards without their offsets.</summary>
    /// <param name="raw">[..., H].</param>
    /// <returns>[..., H].</returns>
    internal Tensor Centred(Tensor raw)
    {
        using var scope = NewDisposeScope();
        return (raw - tensor(Offsets.ToArray(), raw.dtype).SentTo(raw.device)).MoveToOuterDisposeScope();
    }

    /// <summary>The reward of each row.</summary>
    /// <param name="raw">[..., H].</param>
    /// <returns>[...].</returns>
    internal Tensor Aggregate(Tensor raw)
    {
        using var scope = NewDisposeScope();
        var members = Centred(raw);
        var mean = members.mean([-1]); // [...]
        return (Aggregation switch
        {
            RewardAggregation.Mean => mean,
            RewardAggregation.Min => members.unbind(-1).Aggregate(minimum),
            _ => mean - (Confidence * (members - mean.unsqueeze(-1)).square().mean([-1]).sqrt()),
        }).MoveToOuterDisposeScope();
    }
}
