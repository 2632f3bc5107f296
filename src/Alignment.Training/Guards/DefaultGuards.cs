namespace Alignment.Training.Guards;

/// <summary>
/// The guards that every run has: docs/guards.md says for each what it looks like, why, and what to do, and where its threshold comes from. All warn and none
/// stops, because what is normal differs from model to model.
/// </summary>
internal static class DefaultGuards
{
    private static readonly string[] Sampling = ["ppo", "grpo", "online-dpo"];

    /// <summary>All of them. A name that stands twice has other metrics in other kinds of stages.</summary>
    public static IReadOnlyList<GuardRule> All { get; } =
    [
        new("entropy_collapse", ["policy/entropy_avg", "entropy"], OfStart(below: 0.2), 3, GuardAction.Warn,
            "the policy has settled on one way to answer and explores no more: learning rate too high, too many updates per batch, or a reward that one phrase satisfies") { Kinds = Sampling },
        new("kl_runaway", ["objective/kl"], Above(50), 3, GuardAction.Warn,
            "the policy leaves the reference, and with it the responses that the reward was made for: kl_coef or beta too low, or learning rate too high") { Kinds = ["ppo", "online-dpo"] },
        new("kl_runaway", ["kl"], Above(1), 3, GuardAction.Warn,
            "the policy leaves the reference, and with it the responses that the reward was made for: beta too low, or learning rate too high") { Kinds = ["grpo"] },
        new("clip_fraction", ["policy/clipfrac_avg", "clip_ratio/region_mean"], Above(0.3), 3, GuardAction.Warn,
            "updates go further than the clip range allows: learning rate too high, or too many passes over the same responses") { Kinds = Sampling },
        new("grad_norm", ["grad_norm", "value_grad_norm"], OfStart(above: 10), 2, GuardAction.Warn,
            "the loss has become steep: learning rate too high, odd rows, or a reward that grows without bound"),
        new("missing_eos", ["val/missing_eos_ratio", "completions/clipped_ratio"], Above(0.5), 3, GuardAction.Warn,
            "most responses are cut at max_new_tokens and are scored without their end: the limit is too low, the temperature too high, or the policy has learned not to stop") { Kinds = Sampling },
        new("length_growth", ["completions/mean_length"], OfStart(above: 2), 3, GuardAction.Warn,
            "responses grow: the reward likes length, or the policy has learned not to stop") { Kinds = Sampling },
        new("repetition", ["completions/repetition"], Above(0.3), 3, GuardAction.Warn,
            "responses repeat themselves: the policy is broken or repetition is rewarded") { Kinds = Sampling },
        new("value_explains_nothing", ["val/var_explained"], Below(0.01), 10, GuardAction.Warn,
            "the value model foresees no more of the returns than their mean: its learning rate or vf_coef is wrong for the scale of the reward") { Kinds = ["ppo"] },
        new("reward_variance", ["frac_reward_zero_std"], Above(0.8), 3, GuardAction.Warn,
            "nearly all groups have one and the same reward, so there is nothing to learn from: prompts too easy or too hard, or a reward that does not tell responses apart") { Kinds = ["grpo", "online-dpo"] },
        new("zero_advantages", ["frac_zero_advantages"], Above(0.9), 3, GuardAction.Warn,
            "nearly no response teaches anything: its group has one and the same reward, or it was cut and mask_truncated_completions leaves it out") { Kinds = ["grpo"] },
        new("groups_dropped", ["frac_dropped"], Above(0.8), 3, GuardAction.Warn,
            "filter_equal_rewards leaves nearly all groups out, so that updates have few responses or none: prompts too easy or too hard, or a reward that does not tell responses apart") { Kinds = ["grpo"] },
        new("accuracy_at_chance", ["accuracy", "rewards/accuracies"], Below(0.55), 10, GuardAction.Warn,
            "pairs are ranked no better than by chance: learning rate too low or far too high, chosen and rejected swapped or labelled at random, or responses cut before they differ") { Kinds = ["reward", "dpo"] },
        new("chosen_falls", ["logps/chosen_delta_ref"], Below(-0.5), 3, GuardAction.Warn,
            "the chosen responses become less likely, too, and the text may degrade: lower learning_rate, raise beta, or set sft_weight") { Kinds = ["dpo", "online-dpo"] },
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(rule => rule.Name).Distinct()];

    /// <summary>The guards of a run.</summary>
    /// <param name="kind">The kind of stage.</param>
    /// <param name="options">What the user changed, turned off or added, by name; checked before by <see cref="GuardOptions.Problems"/>.</param>
    public static IReadOnlyList<GuardRule> With(string kind, IReadOnlyDictionary<string, GuardOptions> options)
    {
        var rules = All.Where(rule => rule.Kinds?.Contains(kind) != false).ToList();
        foreach (var (name, given) in options)
        {
            var at = rules.FindIndex(rule => rule.Name == name);
            var known = at >= 0 ? rules[at] : All.FirstOrDefault(rule => rule.Name == name); // asked for by name, it watches other kinds of stages too
            rules.RemoveAll(rule => rule.Name == name);
            if (!given.Off)
            {
                rules.Add(new GuardRule(
                    name,
                    given.Metric ?? known!.Metrics,
                    given.Bound ?? known!.Bound,
                    given.Lines ?? known?.Lines ?? 3,
                    given.Action ?? known?.Action ?? GuardAction.Warn,
                    given.Cause ?? known?.Cause ?? ""));
            }
        }

        return rules;
    }

    private static GuardBound Above(double value) => new(IsUpper: true, value, OfStart: false);

    private static GuardBound Below(double value) => new(IsUpper: false, value, OfStart: false);

    private static GuardBound OfStart(double? above = null, double? below = null) => new(above is not null, above ?? below!.Value, OfStart: true);
}
