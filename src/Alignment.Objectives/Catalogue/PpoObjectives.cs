using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The parts of proximal policy optimisation.</summary>
internal static class PpoObjectives
{
    public static IReadOnlyList<Objective> All { get; } =
    [
        new("ppo", "max(−Â·ρ, −Â·clip(ρ, 1 − ε, 1 + ε)) + c·½·max((V − R)², (clip(V, V_old ± ε_v) − R)²), each a mean over its mask", "Schulman et al. 2017, arXiv:1707.06347, Eq. 7 and 9", EvaluateLoss)
        {
            Aliases = ["ppo_loss"],
            Inputs =
            [
                new("new_logprobs", "[B, R]", "log π") { HasGradient = true, Aliases = ["per_token_logps", "policy_logprobs", "new_logps"] },
                new("logits", "[B, R, V]", "logits that predict the sampled tokens, instead of new_logprobs") { HasGradient = true },
                new("responses", "[B, R]", "the sampled tokens, for logits") { Aliases = ["mb_responses", "completion_ids"] },
                new("logprobs", "[B, R]", "log π when the tokens were sampled") { Aliases = ["old_logprobs", "mb_logprobs", "old_logps", "old_per_token_logps"] },
                new("advantages", "[B, R]", "Â") { Aliases = ["mb_advantage", "mb_advantages"] },
                new("vpred", "[B, R]", "V; left out, there is no value term") { HasGradient = true, Aliases = ["new_values", "vpreds"] },
                new("values", "[B, R]", "V when the rollout was scored") { Aliases = ["mb_values", "old_values"] },
                new("returns", "[B, R]", "R") { Aliases = ["mb_return", "mb_returns"] },
                new("mask", "[B, R]", "1 at response tokens") { Aliases = ["response_mask", "completion_mask"] },
                new("value_mask", "[B, R]", "1 where values count; mask when left out"),
                new("padding_mask", "[B, R]", "0 at response tokens, instead of mask"),
                new("padding_mask_p1", "[B, R]", "0 where values count, instead of value_mask"),
            ],
            Options =
            [
                new("cliprange", 0.2, "ε") { Aliases = ["epsilon", "clip_range"] },
                new("cliprange_value", 0.2, "ε_v") { Aliases = ["clip_range_value"] },
                new("vf_coef", 0.1, "c"),
                new("temperature", null, "divides logits, plus 1e-7 as in TRL; they are taken as they are when left out"),
            ],
        },
        new("ppo_gae", "kl, rewards, advantages and returns of a rollout: r_t = −β·kl_t + score at the end, then GAE, then whitening", "Ziegler et al. 2019, arXiv:1909.08593, Eq. 2; Schulman et al. 2015, arXiv:1506.02438, Eq. 16", EvaluateShaping)
        {
            Aliases = ["ppo_advantages", "ppo_rewards"],
            Inputs =
            [
                new("logprobs", "[B, R]", "log π of the sampled tokens"),
                new("ref_logprobs", "[B, R]", "log π_ref"),
                new("values", "[B, R]", "V"),
                new("scores", "[B]", "score of each response"),
                new("lengths", "[B]", "tokens of each response") { Aliases = ["response_lengths"] },
                new("sequence_lengths", "[B]", "index of each response's last token, instead of lengths"),
                new("postprocessed_responses", "[B, R]", "tokens, padded with pad_token_id, instead of lengths"),
                new("responses", "[B, R]", "tokens as sampled; not read"),
            ],
            Options =
            [
                new("kl_estimator", "k1", "estimator of the KL") { Aliases = ["kl_penalty"], Words = StatisticsObjectives.KlWords },
                new("kl_coef", 0.05, "β"),
                new("gamma", 1.0, "γ"),
                new("lam", 0.95, "λ") { Aliases = ["lambda"] },
                new("whiten_rewards", false, "whether rewards get variance 1"),
                new("score_placement", "after_last_token", "where the score is paid; TRL's is after_last_token") { Words = EnumWords.Of<ScorePlacement>() },
                new("pad_token_id", 0.0, "what fills postprocessed_responses"),
            ],
        },
        new("gae", "Â_t = Σ_l (γλ)^l·δ_{t+l}, δ_t = r_t + γ·V_{t+1} − V_t; R_t = Â_t + V_t", "Schulman et al. 2015, arXiv:1506.02438, Eq. 16", EvaluateGae)
        {
            Aliases = ["generalized_advantage"],
            Inputs = [new("rewards", "[B, R]", "r, 0 past the end"), new("values", "[B, R]", "V, 0 past the end")],
            Options = [new("gamma", 1.0, "γ"), new("lam", 0.95, "λ") { Aliases = ["lambda"] }],
        },
        new("token_rewards", "r_t = −β·kl_t, plus the score at the end", "Ziegler et al. 2019, arXiv:1909.08593, Eq. 2", values => new()
        {
            Outputs = new Dictionary<string, Tensor>
            {
                ["rewards"] = TokenRewards.Compute(values.Tensor("kl"), values.Tensor("scores"), Lengths(values), values.Number("kl_coef"), values.Choice<ScorePlacement>("score_placement")),
            },
        })
        {
            Aliases = ["reward_shaping"],
            Inputs = [new("kl", "[B, R]", "the divergence at each token"), new("scores", "[B]", "score of each response"), new("lengths", "[B]", "tokens of each response")],
            Options = [new("kl_coef", 0.05, "β"), new("score_placement", "last_token", "where the score is paid") { Words = EnumWords.Of<ScorePlacement>() }],
        },
    ];

    private static ObjectiveValues EvaluateLoss(ObjectiveCase values)
    {
        var logits = values.Optional("logits") is { } raw ? values.OptionalNumber("temperature") is { } temperature ? raw / (temperature + 1e-7) : raw : null;
        var logProbs = logits is null ? values.Tensor("new_logprobs") : DenseSequences.LogProbsOf(logits, values.Whole("responses"));
        var mask = values.Has("padding_mask") ? values.Mask("padding_mask").logical_not() : values.MaskOrOnes("mask", logProbs);
        var outside = mask.logical_not();
        var current = logProbs.masked_fill(outside, 1);               // TRL's mark for no token, in both
        var old = values.Tensor("logprobs").masked_fill(outside, 1);
        var policy = PpoLoss.Policy(current, old, values.Tensor("advantages"), values.Number("cliprange"));
        var policyLoss = Masked.Mean(policy.Losses, mask);
        var difference = (current - old).detach();
        var metrics = new Dictionary<string, double>
        {
            ["pg_loss"] = policyLoss.item<double>(),
            ["pg_clipfrac"] = Share(policy.Clipped, mask),
            ["approxkl"] = 0.5 * difference.square().mean().item<double>(),
            ["ratio"] = difference.exp().mean().item<double>(),
        };
        if (logits is not null)
        {
            metrics["entropy"] = DenseSequences.EntropyOf(logits).mean().item<double>();
        }

        var loss = policyLoss;
        if (values.Optional("vpred") is { } predictions)
        {
            var valueMask = values.Has("padding_mask_p1") ? values.Mask("padding_mask_p1").logical_not() : values.Has("value_mask") ? values.Mask("value_mask") : mask;
            var value = PpoLoss.Value(predictions.masked_fill(valueMask.logical_not(), 0), values.Tensor("values"), values.Tensor("returns"), values.Number("cliprange_value"));
            var valueLoss = Masked.Mean(value.Losses, valueMask);
            metrics["vf_loss"] = valueLoss.item<double>();
            metrics["vf_clipfrac"] = Share(value.Clipped, valueMask);
            loss = policyLoss + values.Number("vf_coef") * valueLoss;
        }

        return new() { Loss = loss, Rows = policy.Losses.masked_fill(outside, 0).sum(dim: 1), Metrics = metrics };

        static double Share(Tensor clipped, Tensor mask) => (float)Masked.Mean(clipped.to_type(ScalarType.Float64), mask).item<double>();
    }

    private static ObjectiveValues EvaluateShaping(ObjectiveCase values)
    {
        var width = (int)values.Tensor("logprobs").size(1);
        var lengths = Lengths(values);
        var mask = Masked.FromLengths(lengths, width);
        var valueMask = Masked.FromLengths([.. lengths.Select(length => Math.Min(width, length + 1))], width);
        var kl = KlEstimators.PerToken(values.Tensor("logprobs"), values.Tensor("ref_logprobs"), values.Choice<KlEstimator>("kl_estimator")).masked_fill(mask.logical_not(), 0);
        var nonScore = -values.Number("kl_coef") * kl;
        var rewards = TokenRewards.Compute(kl, values.Tensor("scores"), lengths, values.Number("kl_coef"), values.Choice<ScorePlacement>("score_placement"));
        if (values.Flag("whiten_rewards"))
        {
            rewards = Masked.Whiten(rewards, valueMask, shiftMean: false);
        }

        var held = values.Tensor("values").masked_fill(valueMask.logical_not(), 0);
        var (advantages, returns) = GeneralizedAdvantage.Compute(rewards, held, values.Number("gamma"), values.Number("lam"));
        return new()
        {
            Outputs = new Dictionary<string, Tensor>
            {
                ["kl"] = kl,
                ["non_score_reward"] = nonScore,
                ["rewards"] = rewards,
                ["advantages"] = Masked.Whiten(advantages, mask),
                ["returns"] = returns,
                ["values_after_masking"] = held,
                ["mean_kl"] = kl.sum(dim: 1).mean(),
                ["mean_non_score_reward"] = nonScore.sum(dim: 1).mean(),
            },
        };
    }

    private static ObjectiveValues EvaluateGae(ObjectiveCase values)
    {
        var (advantages, returns) = GeneralizedAdvantage.Compute(values.Tensor("rewards"), values.Tensor("values"), values.Number("gamma"), values.Number("lam"));
        return new() { Outputs = new Dictionary<string, Tensor> { ["advantages"] = advantages, ["returns"] = returns } };
    }

    private static int[] Lengths(ObjectiveCase values)
    {
        var lengths = values.Optional("lengths")
            ?? values.Optional("sequence_lengths")?.add(1)
            ?? LengthsOf(values.Tensor("postprocessed_responses"), (long)values.Number("pad_token_id"));
        return [.. lengths.to_type(ScalarType.Int64).contiguous().data<long>().Select(length => (int)length)];
    }

    // Up to the first padding, or all.
    private static Tensor LengthsOf(Tensor responses, long pad)
    {
        var seen = responses.to_type(ScalarType.Int64).eq(pad).to_type(ScalarType.Int64).cumsum(1);
        return seen.eq(0).to_type(ScalarType.Int64).sum(dim: 1);
    }
}
