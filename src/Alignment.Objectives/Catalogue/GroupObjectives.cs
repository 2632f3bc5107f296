using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The losses and advantages of responses that share a prompt.</summary>
internal static class GroupObjectives
{
    private static readonly ObjectiveInput Rewards = new("rewards", "[B] or [B, F]", "a reward for each response, or F of them; NaN where it could not be scored; the responses of a prompt stand together")
    {
        Aliases = ["rewards_per_func", "scores"],
    };

    private static readonly ObjectiveOption[] RewardOptions =
    [
        new("num_generations", 8.0, "responses of a prompt") { Aliases = ["group_size"] },
        new("reward_weights", null, "weights of several rewards; 1 each"),
    ];

    private static readonly ObjectiveOption[] ScaleOptions =
    [
        new("scale_rewards", "group", "what advantages are divided by") { Words = ["group=true", "batch", "none=false"] },
        new("multi_objective_aggregation", "sum_then_normalize", "order of the two, for several rewards") { Words = ["sum_then_normalize", "normalize_then_sum"] },
    ];

    private static readonly ObjectiveInput[] TokenInputs =
    [
        new("per_token_logps", "[B, R]", "log π of the sampled tokens") { HasGradient = true, Aliases = ["logprobs", "logps", "new_logprobs", "policy_per_token_logps"] },
        new("logits", "[B, R, V]", "logits that predict the sampled tokens, instead of per_token_logps") { HasGradient = true },
        new("completion_ids", "[B, R]", "the sampled tokens, for logits") { Aliases = ["input_ids"] },
        new("old_per_token_logps", "[B, R]", "log π when they were sampled; left out where they are the policy's own") { Aliases = ["old_logprobs", "old_logps"] },
        new("ref_per_token_logps", "[B, R]", "log π_ref of them, for beta above 0") { Aliases = ["ref_logprobs", "ref_logps", "reference_per_token_logps"] },
        new("completion_mask", "[B, R]", "1 at tokens that count") { Aliases = ["mask"] },
        new("tool_mask", "[B, R]", "0 at tokens that a tool wrote: they do not count"),
        new("advantages", "[B] or [B, R]", "Â; from rewards where it is left out"),
        Rewards,
    ];

    private static readonly Objective Grpo = new(
        "grpo_loss", "−min(ρ·Â, clip(ρ, 1 − ε, 1 + ε′)·Â) + β·kl, ρ = π/π_old, summed and divided as loss_type says", "Shao et al. 2024, arXiv:2402.03300, Eq. 3", EvaluateGrpo)
    {
        Inputs =
        [
            .. TokenInputs,
            new("entropies", "[B, R]", "entropy at each token, for top_entropy_quantile and entropy_coef; from logits where they are given"),
            new("sampling_per_token_logps", "[B, R]", "log-probabilities of the sampling program, for off_policy_mask_threshold"),
            new("importance_sampling_ratio", "[B, R] or [B, 1]", "correction for another sampling program"),
            new("num_items_in_batch", "[]", "response tokens of the whole step, for dapo, cispo and vespo; those of the mask when left out"),
        ],
        Options =
        [
            new("loss_type", "dapo", "the form; TRL's default") { Aliases = ["loss_types"], Words = EnumWords.Of<GrpoLossKind>() },
            new("beta", 0.0, "β of the KL term") { Aliases = ["kl_coef"] },
            new("epsilon", 0.2, "ε, the clip below") { Aliases = ["epsilon_low", "cliprange"] },
            new("epsilon_high", null, "ε′, the clip above; ε when left out; cispo's bound of the ratio"),
            new("delta", null, "bound of the unclipped ratio"),
            new("importance_sampling_level", "token", "one ratio for each token, for each response (GSPO), or for each response with the gradient of each token (GSPO-token)") { Words = EnumWords.Of<RatioLevel>() },
            new("use_bias_correction_kl", false, "whether the KL term is multiplied by the ratio"),
            new("max_completion_length", 512.0, "tokens that a response may have, for dr_grpo"),
            new("top_entropy_quantile", 1.0, "share of the tokens, those of highest entropy, that train the policy"),
            new("off_policy_mask_threshold", null, "drift above which responses with a negative advantage are dropped, in nats per token"),
            new("sapo_temperature_pos", 1.0, "τ of sapo where Â > 0"),
            new("sapo_temperature_neg", 1.05, "τ of sapo elsewhere"),
            new("vespo_k_pos", 2.0, "k of vespo where Â ≥ 0"),
            new("vespo_lambda_pos", 3.0, "λ of vespo where Â ≥ 0"),
            new("vespo_k_neg", 3.0, "k of vespo elsewhere"),
            new("vespo_lambda_neg", 2.0, "λ of vespo elsewhere"),
            new("entropy_coef", 0.0, "weight of the mean entropy, taken off the loss"),
            new("gradient_accumulation_steps", 1.0, "divides the loss of the forms that do not divide by the step's tokens") { Aliases = ["current_gradient_accumulation_steps"] },
            .. RewardOptions, .. ScaleOptions,
        ],
    };

    private static readonly Objective Rloo = new(
        "rloo", "−min(ρ·Â, clip(ρ, 1 − ε, 1 + ε′)·Â), ρ of the whole response, Â = r − mean of the prompt's other rewards", "Ahmadian et al. 2024, arXiv:2402.14740, Eq. 8", EvaluateRloo)
    {
        Aliases = ["rloo_loss"],
        Inputs =
        [
            .. TokenInputs,
            new("old_sequence_logps", "[B]", "log π of the responses when they were sampled"),
        ],
        Options =
        [
            new("epsilon", 0.2, "ε, the clip below") { Aliases = ["epsilon_low", "cliprange"] },
            new("epsilon_high", null, "ε′, the clip above; ε when left out"),
            .. RewardOptions.Select(option => option.Name == "num_generations" ? option with { Default = 2.0 } : option),
            .. LeaveOneOutOptions(),
        ],
    };

    public static IReadOnlyList<Objective> All { get; } =
    [
        Grpo.Preset("grpo", Grpo.Formula + "; mean over responses of the mean over tokens", Grpo.Paper, ("loss_type", "grpo")),
        Grpo.Preset("dapo", "the same, divided by all tokens of the step", "Yu et al. 2025, arXiv:2503.14476, Eq. 8", ("loss_type", "dapo")) with { Aliases = ["grpo_loss"] },
        Grpo.Preset("dr_grpo", "the same, divided by responses × the longest length allowed", "Liu et al. 2025, arXiv:2503.20783", ("loss_type", "dr_grpo"), ("scale_rewards", "none")),
        Grpo.Preset("bnpo", "the same, divided by the tokens of the micro-batch", "TRL; Xiao et al. 2025, arXiv:2506.02864, for the name", ("loss_type", "bnpo")),
        Grpo.Preset("cispo", "−sg(min(ρ, ε′))·Â·log π, divided by all tokens of the step", "MiniMax 2025, arXiv:2506.13585, Eq. 4", ("loss_type", "cispo")),
        Grpo.Preset("gspo", "grpo with ρ = (π(y)/π_old(y))^(1/|y|)", "Zheng et al. 2025, arXiv:2507.18071, Eq. 5 and 7", ("loss_type", "grpo"), ("importance_sampling_level", "sequence")),
        Grpo.Preset("gspo_token", "gspo with the gradient of each token's own log-probability", "Zheng et al. 2025, arXiv:2507.18071, Eq. 13 and 14", ("loss_type", "grpo"), ("importance_sampling_level", "sequence_token")),
        Grpo.Preset("luspo", "the sequence-level term times the response's length", "Liu et al. 2026, arXiv:2602.05261", ("loss_type", "luspo"), ("importance_sampling_level", "sequence")),
        Grpo.Preset("sapo", "−4/τ·σ(τ(ρ − 1))·Â, means as in grpo", "Gao et al. 2025, arXiv:2511.20347", ("loss_type", "sapo")),
        Grpo.Preset("vespo", "−sg(φ(w))·Â·log π, φ(w) = e^λ·w^k·e^(−λw), w the response's ratio", "Shen et al. 2026, arXiv:2602.10693", ("loss_type", "vespo")),
        new("group_advantages", "Â = (r − mean of the group) / (deviation + 1e-4)", "Shao et al. 2024, arXiv:2402.03300, Section 4.1.2", EvaluateGroups)
        {
            Aliases = ["grpo_advantages"],
            Inputs = [Rewards],
            Options = [.. RewardOptions, .. ScaleOptions],
        },
        Rloo,
        new("rloo_advantages", "Â = r − mean of the prompt's other rewards", "Ahmadian et al. 2024, arXiv:2402.14740, Eq. 8", values => new() { Outputs = Named("advantages", LeaveOneOut(values)) })
        {
            Aliases = ["leave_one_out"],
            Inputs = [.. Rloo.Inputs],
            Options = [.. Rloo.Options],
        },
        new("reinforce", "−Σ_t Â·log π", "Williams 1992, Eq. 5", EvaluateReinforce)
        {
            Inputs = [.. TokenInputs],
        },
        new("reinforce_plus_plus", "PPO's clipped term with Â_t = whiten(r − β·Σ_{i ≥ t} kl_i)", "Hu et al. 2025, arXiv:2501.03262, Eq. 6 and 7", EvaluatePlusPlus)
        {
            Aliases = ["reinforce++"],
            Inputs = [.. TokenInputs],
            Options =
            [
                new("kl_coef", 0.0, "β of the KL in the reward") { Aliases = ["beta"] },
                new("kl_estimator", "k1", "its estimator") { Words = StatisticsObjectives.KlWords },
                new("cliprange", 0.2, "ε") { Aliases = ["epsilon"] },
            ],
        },
    ];

    private static ObjectiveOption[] LeaveOneOutOptions() =>
    [
        new("beta", 0.05, "weight of the response's KL from the reference, taken off its reward; needs ref_per_token_logps and old_per_token_logps") { Aliases = ["kl_coef"] },
        new("normalize_advantages", false, "whether advantages of the batch get mean 0 and deviation 1"),
        new("reward_clip_range", null, "lowest and highest reward, before the KL"),
    ];

    private static Dictionary<string, Tensor> Named(string name, Tensor value) => new() { [name] = value };

    private static Tensor LogProbs(ObjectiveCase values) => values.Optional("logits") is { } logits
        ? DenseSequences.LogProbsOf(logits, values.Whole("completion_ids"))
        : values.Tensor("per_token_logps");

    private static Tensor Mask(ObjectiveCase values, Tensor logProbs)
    {
        var mask = values.MaskOrOnes("completion_mask", logProbs);
        return values.Has("tool_mask") ? mask & values.Mask("tool_mask") : mask;
    }

    private static Tensor Summed(ObjectiveCase values) =>
        values.Tensor("rewards") is var rewards && rewards.dim() == 1 ? rewards : GroupAdvantages.WeightedSum(rewards, values.Numbers("reward_weights"));

    private static Tensor Normalized(ObjectiveCase values)
    {
        var group = (int)values.Number("num_generations");
        return values.Word("multi_objective_aggregation") == "normalize_then_sum"
            ? GroupAdvantages.NormalizedThenSummed(values.Tensor("rewards") is var rewards && rewards.dim() == 1 ? rewards.unsqueeze(1) : rewards, group, values.Numbers("reward_weights"))
            : GroupAdvantages.Normalized(Summed(values), group, values.Choice<AdvantageScale>("scale_rewards"));
    }

    private static ObjectiveValues EvaluateGroups(ObjectiveCase values)
    {
        var advantages = Normalized(values);
        var rewards = Summed(values);
        var groups = rewards.contiguous().data<double>().ToArray().Chunk((int)values.Number("num_generations")).Select(group => group.Where(double.IsFinite).ToArray());
        return new()
        {
            Outputs = Named("advantages", advantages),
            Metrics = new Dictionary<string, double>
            {
                ["reward"] = Masked.Mean(rewards, rewards.isnan().logical_not()).item<double>(),
                ["frac_reward_zero_std"] = groups.Average(group => group.All(reward => reward == group[0]) ? 1.0 : 0.0),
            },
        };
    }

    private static Tensor LeaveOneOut(ObjectiveCase values)
    {
        var rewards = Summed(values);
        if (values.Numbers("reward_clip_range") is { } range)
        {
            rewards = rewards.clamp((TorchSharp.Scalar)range[0], (TorchSharp.Scalar)range[1]);
        }

        if (values.Number("beta") != 0 && values.Optional("ref_per_token_logps") is { } reference)
        {
            var kl = KlEstimators.PerToken(values.Tensor("old_per_token_logps"), reference, KlEstimator.K1);
            rewards = rewards - values.Number("beta") * kl.masked_fill(values.MaskOrOnes("completion_mask", kl).logical_not(), 0).sum(dim: 1);
        }

        return GroupAdvantages.LeaveOneOut(rewards, (int)values.Number("num_generations"), values.Flag("normalize_advantages"));
    }

    private static ObjectiveValues EvaluateGrpo(ObjectiveCase values)
    {
        var options = new GrpoLossOptions
        {
            Kind = values.Choice<GrpoLossKind>("loss_type"),
            EpsilonLow = values.Number("epsilon"),
            EpsilonHigh = values.OptionalNumber("epsilon_high"),
            Delta = values.OptionalNumber("delta"),
            Beta = values.Number("beta"),
            UnbiasedKl = values.Flag("use_bias_correction_kl"),
            Level = values.Choice<RatioLevel>("importance_sampling_level"),
            SapoTemperaturePositive = values.Number("sapo_temperature_pos"),
            SapoTemperatureNegative = values.Number("sapo_temperature_neg"),
            VespoPowerPositive = values.Number("vespo_k_pos"),
            VespoRatePositive = values.Number("vespo_lambda_pos"),
            VespoPowerNegative = values.Number("vespo_k_neg"),
            VespoRateNegative = values.Number("vespo_lambda_neg"),
        };
        var logProbs = LogProbs(values);
        var mask = Mask(values, logProbs);
        var advantages = values.Optional("advantages") ?? Normalized(values);
        var old = values.Optional("old_per_token_logps");
        var entropies = values.Optional("entropies") ?? (values.Optional("logits") is { } logits ? DenseSequences.EntropyOf(logits) : null);
        var highEntropy = values.Number("top_entropy_quantile") < 1
            ? GrpoTokenWeights.HighEntropy((entropies ?? values.Tensor("entropies")).detach(), mask, values.Number("top_entropy_quantile"))
            : null;
        var onPolicy = values.OptionalNumber("off_policy_mask_threshold") is { } threshold
            ? GrpoTokenWeights.OnPolicy(logProbs.detach(), values.Optional("sampling_per_token_logps") ?? old ?? logProbs.detach(), advantages, mask, threshold)
            : null;
        var terms = GrpoLoss.PerToken(logProbs, old, advantages, mask, options, values.Optional("ref_per_token_logps"), Product(highEntropy, onPolicy), values.Optional("importance_sampling_ratio"));
        var byTokens = options.Kind is GrpoLossKind.Dapo or GrpoLossKind.Cispo or GrpoLossKind.Vespo;
        var items = values.Optional("num_items_in_batch")?.mean().item<double>();
        var rows = GrpoLoss.Rows(terms.Losses, mask, options.Kind, (int)values.Number("max_completion_length"), items) / (byTokens ? 1 : values.Number("gradient_accumulation_steps"));
        var loss = rows.mean();
        if (values.Number("entropy_coef") is not 0 and var coefficient)
        {
            var counted = highEntropy is null ? mask : mask & highEntropy.ne(0);
            var mean = Masked.Sum(entropies ?? values.Tensor("entropies"), counted) / (byTokens ? Math.Max(1, items ?? Masked.Count(mask)) : Math.Max(1, Masked.Count(counted)) * values.Number("gradient_accumulation_steps"));
            loss = loss - coefficient * mean;
        }

        var metrics = GrpoMetrics(terms, mask, options, entropies);
        if (values.Number("entropy_coef") is not 0)
        {
            metrics["policy_loss"] = (rows.mean() * (byTokens ? 1 : values.Number("gradient_accumulation_steps"))).item<double>();
        }

        return new()
        {
            Loss = loss,
            Rows = rows,
            Metrics = metrics,
            Outputs = new Dictionary<string, Tensor> { ["per_token_loss"] = terms.Losses.detach(), ["advantages"] = advantages },
        };
    }

    private static Tensor? Product(Tensor? left, Tensor? right) => left is null ? right : right is null ? left : left * right;

    private static Dictionary<string, double> GrpoMetrics(GrpoTerms terms, Tensor mask, GrpoLossOptions options, Tensor? entropies)
    {
        using var noGrad = no_grad();
        var metrics = new Dictionary<string, double>();
        if (terms.Kl is not null)
        {
            metrics["kl"] = Masked.Mean(terms.Kl, mask).item<double>();
        }

        if (entropies is not null)
        {
            metrics["entropy"] = Masked.Mean(entropies, mask).item<double>();
        }

        switch (options.Kind)
        {
            case GrpoLossKind.Vespo:
                metrics["vespo/phi_seq_mean"] = (terms.SequenceWeights!.size(1) == 1 ? terms.SequenceWeights.mean() : Masked.Mean(terms.SequenceWeights, mask)).item<double>();
                break;
            case GrpoLossKind.Cispo:
                metrics["cispo_clip_ratio"] = Share(terms.HighClipped);
                break;
            case GrpoLossKind.Grpo or GrpoLossKind.Bnpo or GrpoLossKind.DrGrpo or GrpoLossKind.Dapo or GrpoLossKind.Luspo:
                metrics["clip_ratio/low_mean"] = Share(terms.LowClipped);
                metrics["clip_ratio/high_mean"] = Share(terms.HighClipped);
                metrics["clip_ratio/region_mean"] = Share(terms.LowClipped | terms.HighClipped);
                metrics["clip_ratio/low_min"] = ByRow(terms.LowClipped).min().item<float>();
                metrics["clip_ratio/high_max"] = ByRow(terms.HighClipped).max().item<float>();
                break;
        }

        return metrics;

        double Share(Tensor clipped) => clipped.size(1) == 1
            ? clipped.to_type(ScalarType.Float32).mean().item<float>()
            : (float)Masked.Mean(clipped.to_type(ScalarType.Float64), mask).item<double>();

        Tensor ByRow(Tensor clipped) => clipped.size(1) == 1
            ? clipped.to_type(ScalarType.Float32)
            : (clipped & mask).to_type(ScalarType.Float32).sum(dim: 1) / mask.to_type(ScalarType.Float32).sum(dim: 1);
    }

    private static ObjectiveValues EvaluateRloo(ObjectiveCase values)
    {
        var logProbs = LogProbs(values);
        var current = Sum(logProbs, values);
        var advantages = values.Optional("advantages") ?? LeaveOneOut(values);
        var old = values.Optional("old_sequence_logps") ?? (values.Optional("old_per_token_logps") is { } given ? Sum(given, values) : current.detach());
        var (losses, _) = RlooLoss.Compute(current, old, advantages, values.Number("epsilon"), values.OptionalNumber("epsilon_high"));
        var ratio = (current - old).exp().detach();
        var low = ratio.lt(1 - values.Number("epsilon")) & advantages.lt(0);
        var high = ratio.gt(1 + (values.OptionalNumber("epsilon_high") ?? values.Number("epsilon"))) & advantages.gt(0);
        return ObjectiveValues.Mean(losses) with
        {
            Outputs = Named("advantages", advantages),
            Metrics = new Dictionary<string, double>
            {
                ["clip_ratio/low_mean"] = Mean(low),
                ["clip_ratio/high_mean"] = Mean(high),
                ["clip_ratio/region_mean"] = Mean(low | high),
                ["clip_ratio/low_min"] = low.to_type(ScalarType.Float32).min().item<float>(),
                ["clip_ratio/high_max"] = high.to_type(ScalarType.Float32).max().item<float>(),
            },
        };

        double Mean(Tensor flags) => flags.to_type(ScalarType.Float32).mean().item<float>();
    }

    private static Tensor Sum(Tensor perToken, ObjectiveCase values) =>
        perToken.dim() == 1 ? perToken : perToken.masked_fill(values.MaskOrOnes("completion_mask", perToken).logical_not(), 0).sum(dim: 1);

    private static ObjectiveValues EvaluateReinforce(ObjectiveCase values)
    {
        var logProbs = LogProbs(values);
        return ObjectiveValues.Mean(ReinforceLoss.Compute(logProbs, values.Optional("advantages") ?? Summed(values), values.MaskOrOnes("completion_mask", logProbs)));
    }

    private static ObjectiveValues EvaluatePlusPlus(ObjectiveCase values)
    {
        var logProbs = LogProbs(values);
        var mask = values.MaskOrOnes("completion_mask", logProbs);
        var old = values.Optional("old_per_token_logps") ?? logProbs.detach();
        var kl = values.Optional("ref_per_token_logps") is { } reference ? KlEstimators.PerToken(old, reference, values.Choice<KlEstimator>("kl_estimator")) : zeros_like(old);
        var advantages = values.Optional("advantages") ?? ReinforceLoss.PlusPlusAdvantages(values.Tensor("rewards"), kl, mask, values.Number("kl_coef"));
        var clipped = PpoLoss.Policy(logProbs, old, advantages.dim() == 1 ? advantages.unsqueeze(1).expand(logProbs.shape) : advantages, values.Number("cliprange"));
        return new()
        {
            Loss = Masked.Mean(clipped.Losses, mask),
            Rows = clipped.Losses.masked_fill(mask.logical_not(), 0).sum(dim: 1),
            Outputs = Named("advantages", advantages),
        };
    }
}
