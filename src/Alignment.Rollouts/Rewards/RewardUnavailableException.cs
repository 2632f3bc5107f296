using Alignment.Training.Options;

namespace Alignment.Rollouts.Rewards;

/// <summary>Responses could not be scored; nothing was learned from them.</summary>
/// <param name="message">Which service, why, and the rows.</param>
public sealed class RewardUnavailableException(string message) : StageFailedException(message);
