using System.ComponentModel;

namespace Alignment.Dpo;

/// <summary>BCO's density ratio of prompts (Jung et al. 2024, arXiv:2404.04656, Section 3.3). Names and defaults are TRL's.</summary>
public sealed record DensityRatioOptions
{
    /// <summary>What the classifier of prompts learns from.</summary>
    [Description("most prompts of either kind that the classifier of prompts learns from")]
    public int PromptSampleSize { get; init; } = 1024;

    /// <summary>The least weight.</summary>
    [Description("least weight of a bad response")]
    public double MinDensityRatio { get; init; } = 0.5;

    /// <summary>The largest weight.</summary>
    [Description("largest weight of a bad response")]
    public double MaxDensityRatio { get; init; } = 10;

    /// <summary>Everything that is wrong, in words.</summary>
    internal IEnumerable<string> Problems()
    {
        if (PromptSampleSize < 1)
        {
            yield return $"match_underlying_distribution.prompt_sample_size is {PromptSampleSize}; it must be at least 1";
        }

        if (!(MinDensityRatio > 0 && MaxDensityRatio >= MinDensityRatio && double.IsFinite(MaxDensityRatio)))
        {
            yield return FormattableString.Invariant($"match_underlying_distribution has min_density_ratio {MinDensityRatio} and max_density_ratio {MaxDensityRatio}; they must be above 0 and in this order");
        }
    }
}
