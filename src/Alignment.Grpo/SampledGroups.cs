using Alignment.Rollouts;
using Alignment.Rollouts.Rewards;

namespace Alignment.Grpo;

/// <summary>The responses of a step with their scores, G to a prompt beside each other.</summary>
/// <param name="Rollouts">All that were sampled.</param>
/// <param name="Rewards">As the reward gave them.</param>
/// <param name="Scores">What counts: summed, clipped, after the missing-EOS penalty.</param>
/// <param name="Kept">Those to be learned from, whole groups.</param>
internal sealed record SampledGroups(IReadOnlyList<Rollout> Rollouts, RewardScores Rewards, float[] Scores, int[] Kept);
