using System.ComponentModel;
using Alignment.Data.Rewards;
using Alignment.Training.Options;

namespace Alignment.Rollouts;

/// <summary>What scores responses; the same options in every stage that asks for scores.</summary>
public abstract record RewardOptions : IValidatedOptions
{
    /// <summary>Scores responses, by its normalised reward.</summary>
    [InputPath]
    [Description("reward model folder, or stage:NAME; or give rewards")]
    public string? RewardModel { get; init; }

    /// <summary>Scores the text of responses, instead of <see cref="RewardModel"/>.</summary>
    [Description("function rewards on the response's text, added up; instead of reward_model")]
    public IReadOnlyList<RewardSpec> Rewards { get; init; } = [];

    /// <summary>Taken off the score of a response that did not end by EOS.</summary>
    [Description("taken off the score of a response that did not end by EOS")]
    public double MissingEosPenalty { get; init; }

    /// <summary>Scores are clipped to ± this; null leaves them.</summary>
    [Description("scores are clipped to plus or minus this, before missing_eos_penalty")]
    public double? RewardClip { get; init; }

    /// <summary>Whether the stage can do without a reward.</summary>
    protected virtual bool MayLackReward => false;

    /// <inheritdoc/>
    public virtual IEnumerable<string> Problems()
    {
        (bool Broken, FormattableString Text)[] rules =
        [
            (RewardModel is null && Rewards.Count == 0 && !MayLackReward, $"reward_model and rewards: give one of them, got neither"),
            (RewardModel is not null && Rewards.Count > 0, $"reward_model and rewards: give one of them, got both"),
            (!(MissingEosPenalty >= 0), $"missing_eos_penalty is {MissingEosPenalty}; it must be at least 0: it is taken off the score"),
            (RewardClip is { } clip && !(clip > 0), $"reward_clip is {RewardClip}; it must be above 0"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant(rule.Text))
            .Concat(Rewards.GroupBy(spec => spec.ReportedName()).Where(group => group.Count() > 1)
                .Select(group => $"rewards has {group.Count()} terms called '{group.Key}'; give each a name of its own"));
    }
}
