namespace Alignment.Rollouts.Rewards;

/// <summary>What is done to a score before it is learned from: clip, then the score of failures, or penalties for responses that were cut or are overlong.</summary>
public static class RewardShaping
{
    /// <summary>The scores that count.</summary>
    /// <param name="options">Clip and penalties.</param>
    /// <param name="rewards">As the reward gave them.</param>
    /// <param name="rollouts">The responses, in the same order.</param>
    /// <param name="scale">Applied to each score before the clip; null for none.</param>
    /// <returns>One per response.</returns>
    /// <exception cref="InvalidDataException">A score is not a number.</exception>
    public static float[] Apply(RewardOptions options, RewardScores rewards, IReadOnlyList<Rollout> rollouts, Func<float, float>? scale = null)
    {
        var clip = (float)(options.RewardClip ?? double.PositiveInfinity);
        var scores = new float[rollouts.Count];
        for (var row = 0; row < scores.Length; row++)
        {
            var score = (float)rewards.Sum(row);
            if (!float.IsFinite(score))
            {
                throw new InvalidDataException($"{rollouts[row].Prompt.RowId}: the score of a response is {score}; look at the reward model, or at the numbers that the function reward gives");
            }

            var hasFailed = !rollouts[row].Ended || rollouts[row].Response.Length < options.MinResponseTokens;
            var kept = hasFailed && options.FailureScore is { } failure ? (float)failure : Math.Clamp(scale?.Invoke(score) ?? score, -clip, clip);
            scores[row] = kept - (float)options.PenaltyOf(rollouts[row]);
        }

        return scores;
    }
}
