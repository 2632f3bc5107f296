namespace Alignment.Evaluation.OverOptimization;

/// <summary>Rewards at one distance from the reference.</summary>
/// <param name="Model">A model, a checkpoint, or <c>best of 4</c>.</param>
/// <param name="Run">The run that it is a point of; null for a model of its own.</param>
/// <param name="Kl">KL from the reference, in nats.</param>
/// <param name="Reward">The training reward: that of <c>reward_model</c>.</param>
/// <param name="RewardLengthControlled">The same without what length explains; null where lengths do not vary.</param>
/// <param name="HeldOutReward">That of <c>held_out_reward_model</c>; null without one.</param>
/// <param name="GoldReward">The gold reward; null without one.</param>
internal sealed record RewardPoint(string Model, string? Run, double Kl, double Reward, double? RewardLengthControlled, double? HeldOutReward, double? GoldReward)
{
    /// <summary>The run of best-of-n sampling.</summary>
    public const string BestOfN = "best-of-n";

    /// <summary>√KL: Gao et al. 2022's distance. An estimate below 0 counts as 0.</summary>
    public double SqrtKl => Math.Sqrt(Math.Max(0, Kl));
}
