namespace Alignment.RewardModel;

/// <summary>How well ratings are predicted.</summary>
/// <param name="Rmse">Root of the mean squared error, in the ratings' unit.</param>
/// <param name="Correlation">Pearson's, of rating and prediction; null where either does not vary.</param>
internal sealed record RatingFit(double Rmse, double? Correlation);
