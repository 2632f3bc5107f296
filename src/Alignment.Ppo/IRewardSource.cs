namespace Alignment.Ppo;

/// <summary>What tells good responses from bad ones.</summary>
internal interface IRewardSource : IDisposable
{
    /// <summary>Scores some responses of a step.</summary>
    /// <param name="rollouts">All responses of the step.</param>
    /// <param name="rows">Which of them.</param>
    /// <param name="batch">The same ones as tokens.</param>
    /// <returns>A finite score for each of the rows, in their order.</returns>
    float[] Score(RolloutBatch rollouts, IReadOnlyList<int> rows, ResponseBatch batch);
}
