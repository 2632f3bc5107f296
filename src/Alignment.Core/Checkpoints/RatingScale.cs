namespace Alignment.Core.Checkpoints;

/// <summary>What a reward model that learned from ratings predicts: <c>mean + std · raw</c>, in the ratings' own unit. Stored as <c>rating_mean</c> and <c>rating_std</c>.</summary>
/// <param name="Mean">Mean of the ratings it learned from.</param>
/// <param name="Std">Their standard deviation, above 0.</param>
public readonly record struct RatingScale(double Mean, double Std);
