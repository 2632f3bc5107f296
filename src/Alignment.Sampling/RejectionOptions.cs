using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Sampling;

/// <summary>Which responses <see cref="SampleFile.Rejection"/> keeps.</summary>
public sealed record RejectionOptions : IValidatedOptions
{
    /// <summary>The least score.</summary>
    [Description("least score of a response that is kept; or give top_share")]
    public double? MinReward { get; init; }

    /// <summary>The share of all responses that is kept.</summary>
    [Description("share of all responses that is kept, the best ones; 0.25 where min_reward is left out too")]
    public double? TopShare { get; init; }

    /// <summary>The most responses to one prompt.</summary>
    [Description("most responses to one prompt, the best ones; 0: all")]
    public int MaxPerPrompt { get; init; }

    /// <summary>What is kept where neither is given: the best quarter.</summary>
    internal double Share => TopShare ?? 0.25;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (MinReward is not null && TopShare is not null)
        {
            yield return "min_reward is given beside top_share; keep one";
        }

        if (TopShare is { } share && !(share is > 0 and <= 1))
        {
            yield return FormattableString.Invariant($"top_share is {share}; it must be above 0 and at most 1");
        }

        if (MaxPerPrompt < 0)
        {
            yield return $"max_per_prompt is {MaxPerPrompt}; it must be at least 0";
        }
    }
}
