using System.ComponentModel;
using Alignment.Core.Models;
using Alignment.Training.Options;

namespace Alignment.RewardModel;

/// <summary>Several heads on one body, whose disagreement tells how sure the reward is.</summary>
public sealed record EnsembleOptions : IValidatedOptions
{
    private const int MostHeads = 64;

    /// <summary>How many heads, each drawn by itself.</summary>
    [Description("how many heads, each drawn by itself")]
    public int Heads { get; init; } = 4;

    /// <summary>Whether each head learns from a resample of the rows.</summary>
    [Description("each head learns from a resample of the rows of its own: a row counts for it Poisson(1) times")]
    public bool Bootstrap { get; init; }

    /// <summary>How the heads' rewards become one.</summary>
    [Description("mean, min or lower_confidence (mean - confidence · standard deviation over the heads): how the heads' rewards become one; can be changed where the model is used")]
    public RewardAggregation Aggregation { get; init; }

    /// <summary>c of <see cref="RewardAggregation.LowerConfidence"/>.</summary>
    [Description("how many standard deviations lower_confidence takes off")]
    public double Confidence { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Heads is < 2 or > MostHeads)
        {
            yield return $"heads is {Heads}; give 2 to {MostHeads}, or leave ensemble out for one head";
        }

        if (!(Confidence >= 0 && double.IsFinite(Confidence)))
        {
            yield return FormattableString.Invariant($"confidence is {Confidence}; it must be at least 0");
        }
    }
}
