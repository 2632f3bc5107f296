namespace Alignment.Evaluation.OverOptimization;

/// <summary>One of the rewards that are compared.</summary>
/// <param name="Key">In <c>results.json</c>.</param>
/// <param name="Title">In tables and plots.</param>
/// <param name="Of">Its value; null where it is not known.</param>
internal sealed record RewardMeasure(string Key, string Title, Func<RewardPoint, double?> Of)
{
    private static readonly RewardMeasure[] Known =
    [
        new("reward", "training reward", point => point.Reward),
        new("reward_length_controlled", "training reward, length-controlled", point => point.RewardLengthControlled),
        new("held_out_reward", "held-out reward model", point => point.HeldOutReward),
        new("gold_reward", "gold reward", point => point.GoldReward),
    ];

    /// <summary>Those that the points have.</summary>
    public static IReadOnlyList<RewardMeasure> In(IReadOnlyList<RewardPoint> points) => [.. Known.Where(measure => points.Any(point => measure.Of(point) is not null))];
}
