namespace Alignment.Rollouts.Rewards;

/// <summary>What is done to a score before it is learned from: clip, then the penalty for a response that was cut.</summary>
public static class RewardShaping
{
    /// <summary>The scores that count.</summary>
    /// <param name="options">Clip and penalty.</param>
    /// <param name="rewards">As the reward gave them.</param>
    /// <param name="rollouts">The responses, in the same order.</param>
    /// <returns>One per response.</returns>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    public static float[] Apply(RewardOptions options, RewardScores rewards, IReadOnlyList<Rollout> rollouts)
    {
        var clip = (float)(options.RewardClip ?? double.PositiveInfinity);
        var scores = new float[rollouts.Count];
        for (var row = 0; row < scores.Length; row++)
        {
            var score = (float)rewards.Sum(row);
            scores[row] = float.IsFinite(score)
                ? Math.Clamp(score, -clip, clip) - (rollouts[row].Ended ? 0 : (float)options.MissingEosPenalty)
                : throw new InvalidDataException($"{rollouts[row].Prompt.RowId}: the score of a response is {score}; look at the reward model, or at the numbers that the function reward gives");
        }

        return scores;
    }
}
