using System.ComponentModel;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Data.Rewards;
using Alignment.Rollouts.Rewards.Services;
using Alignment.Training.Options;

namespace Alignment.Rollouts;

/// <summary>What scores responses; the same options in every stage that asks for scores.</summary>
public abstract record RewardOptions : IValidatedOptions
{
    /// <summary>Scores responses, by its normalised reward; several are an ensemble.</summary>
    [InputPath]
    [Description("reward model folder, or stage:NAME, or a list of them for an ensemble; or give rewards, reward_command or reward_url")]
    public IReadOnlyList<string> RewardModel { get; init; } = [];

    /// <summary>How several reward models, or the heads of one, are put together; null: models by their mean, heads as their folder says.</summary>
    [Description("mean, min or lower_confidence (mean - reward_confidence * standard deviation): how several reward models, or the heads of one, are put together; left out: models by their mean, heads as their folder says")]
    public RewardAggregation? RewardAggregation { get; init; }

    /// <summary>c of lower_confidence among models; heads have that of their folder.</summary>
    [Description("standard deviations that lower_confidence takes off among several models; heads of one model have their folder's")]
    public double RewardConfidence { get; init; } = 1;

    /// <summary>A program that scores responses.</summary>
    [Description("program and arguments that read a line of JSON {prompts, responses, columns} for each request and write a line {scores}; no shell reads them")]
    public IReadOnlyList<string> RewardCommand { get; init; } = [];

    /// <summary>An endpoint that scores responses.</summary>
    [Description("http or https address that takes POST {prompts, responses, columns} as JSON and answers {scores}")]
    public string? RewardUrl { get; init; }

    /// <summary>How command or endpoint are asked.</summary>
    [Description("how reward_command or reward_url is asked: batches, tries, cache")]
    public RewardServiceOptions RewardService { get; init; } = new();

    /// <summary>Scores the text of responses, instead of <see cref="RewardModel"/>.</summary>
    [Description("function rewards on the response's text, added up; instead of reward_model")]
    public IReadOnlyList<RewardSpec> Rewards { get; init; } = [];

    /// <summary>Taken off the score of a response that did not end by EOS.</summary>
    [Description("taken off the score of a response that did not end by EOS")]
    public double MissingEosPenalty { get; init; }

    /// <summary>Scores are clipped to ± this; null leaves them.</summary>
    [Description("scores are clipped to plus or minus this, before missing_eos_penalty")]
    public double? RewardClip { get; init; }

    /// <summary>Replaces the score of a response that failed; null leaves it.</summary>
    [Description("score of a response that did not end by EOS or has fewer than min_response_tokens tokens, in place of its own; its own when left out")]
    public double? FailureScore { get; init; }

    /// <summary>What a response needs to have, EOS included, not to have failed.</summary>
    [Description("with failure_score: the fewest tokens of a response, EOS included")]
    public int MinResponseTokens { get; init; }

    /// <summary>Whether the stage can do without a reward.</summary>
    protected virtual bool MayLackReward => false;

    /// <summary>The names of the options that give a reward.</summary>
    public IReadOnlyList<string> RewardsGiven() =>
    [
        .. RewardModel.Count > 0 ? ["reward_model"] : Array.Empty<string>(), .. Rewards.Count > 0 ? ["rewards"] : Array.Empty<string>(),
        .. RewardCommand.Count > 0 ? ["reward_command"] : Array.Empty<string>(), .. RewardUrl is not null ? ["reward_url"] : Array.Empty<string>(),
    ];

    /// <summary>What is taken off the score of a response.</summary>
    /// <param name="rollout">The response.</param>
    internal virtual double PenaltyOf(Rollout rollout) => rollout.Ended ? 0 : MissingEosPenalty;

    /// <inheritdoc/>
    public virtual IEnumerable<string> Problems()
    {
        var given = RewardsGiven();
        (bool Broken, FormattableString Text)[] rules =
        [
            (given.Count == 0 && !MayLackReward, $"reward_model, rewards, reward_command and reward_url: give one of them, got none"),
            (given.Count > 1, $"{string.Join(" and ", given)}: give one of them"),
            (RewardCommand.Count > 0 && string.IsNullOrWhiteSpace(RewardCommand[0]), $"reward_command begins with an empty text; give a program"),
            (RewardUrl is not null && !IsAddress(RewardUrl), $"reward_url must be an http or https address without user name, password and fragment; name a key's environment variable in reward_service.key_env"),
            (!(MissingEosPenalty >= 0), $"missing_eos_penalty is {MissingEosPenalty}; it must be at least 0: it is taken off the score"),
            (MinResponseTokens < 0, $"min_response_tokens is {MinResponseTokens}; it must be at least 0"),
            (MinResponseTokens > 0 && FailureScore is null, $"min_response_tokens is {MinResponseTokens}, but there is no failure_score that shorter responses would get; add it"),
            (RewardClip is { } clip && !(clip > 0), $"reward_clip is {RewardClip}; it must be above 0"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant(rule.Text))
            .Concat(RewardModelFolder.Problems(RewardModel, "reward_model", RewardAggregation, RewardConfidence))
            .Concat(Rewards.GroupBy(spec => spec.ReportedName()).Where(group => group.Count() > 1)
                .Select(group => $"rewards has {group.Count()} terms called '{group.Key}'; give each a name of its own"));
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.UserInfo.Length == 0 && address.Fragment.Length == 0;
}
