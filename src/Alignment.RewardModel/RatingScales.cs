using Alignment.Core.Checkpoints;

namespace Alignment.RewardModel;

/// <summary>Ratings of mean 0 and variance 1 over the training responses: the head has no bias, and a step's size should not depend on the ratings' unit.</summary>
internal static class RatingScales
{
    /// <summary>The scale of some groups' ratings.</summary>
    /// <exception cref="InvalidDataException">All ratings are the same.</exception>
    public static RatingScale Of(IReadOnlyList<ResponseGroup> groups)
    {
        double[] ratings = [.. groups.SelectMany(group => group.Ratings.Where(rating => !double.IsNaN(rating)))];
        var mean = ratings.Average();
        var std = Math.Sqrt(ratings.Average(rating => (rating - mean) * (rating - mean)));
        return std > 0 && double.IsFinite(std)
            ? new RatingScale(mean, std)
            : throw new InvalidDataException(FormattableString.Invariant($"train: the {ratings.Length} ratings are all {mean}; there is nothing to tell apart"));
    }
}
