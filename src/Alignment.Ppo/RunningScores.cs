using System.Text.Json;
using Alignment.Objectives;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>The moments of all scores so far, and scores by them: <c>use_score_scaling</c> and <c>use_score_norm</c> of TRL until 0.11.</summary>
/// <param name="scaling">What is done to scores.</param>
internal sealed class RunningScores(ScoreScaling scaling)
{
    private RunningMoments _moments = RunningMoments.Start;

    /// <summary>Its state, for a checkpoint.</summary>
    public CheckpointPart Part => CheckpointParts.Text(
        "scores.json", () => JsonSerializer.Serialize(_moments), text => _moments = JsonSerializer.Deserialize<RunningMoments>(text));

    /// <summary>Follows the scores of a step; the function scales each of them.</summary>
    /// <param name="scores">Not yet clipped.</param>
    public Func<float, float> Next(float[] scores)
    {
        using var scope = NewDisposeScope();
        _moments = _moments.With(tensor(scores));
        var (mean, deviation) = (scaling == ScoreScaling.Normalize ? _moments.Mean : 0, Math.Sqrt(_moments.Variance * _moments.Count / (_moments.Count - 1)) + 1e-8);
        return score => (float)((score - mean) / deviation);
    }
}
