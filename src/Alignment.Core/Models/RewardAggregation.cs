namespace Alignment.Core.Models;

/// <summary>How the rewards of an ensemble's members become one; in YAML and <c>config.json</c> in snake case.</summary>
public enum RewardAggregation
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The lowest: a response is only as good as its strictest judge says (Coste et al. 2023, arXiv:2310.02743, worst-case optimization).</summary>
    Min,

    /// <summary>mean − c · standard deviation over the members: what they disagree about counts less.</summary>
    LowerConfidence,
}
