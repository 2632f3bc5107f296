using Alignment.Objectives.Pairwise;

using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The losses on pairs with a reference.</summary>
internal static class PairObjectives
{
    private static readonly Objective Dpo = new(
        "dpo",
        "Σ_k λ_k·ℓ_k of the forms in loss_types; h = log π − log π_ref, s = the divergence's score of h, d = β(s_w − s_l) − m",
        "Rafailov et al. 2023, arXiv:2305.18290, Eq. 7; forms together: Wang et al. 2024 (MPO), arXiv:2411.10442",
        Evaluate)
    {
        Aliases = ["dpo_loss", "preference"],
        Inputs =
        [
            .. PairCase.PolicyInputs, .. PairCase.ReferenceInputs,
            new("margins", "[B]", "m of each pair, in units of reward") { Aliases = ["margin"] },
            new("soft_labels", "[B]", "y of each pair: 1 where the chosen response is better, 0.5 for a tie") { Aliases = ["label", "preference_labels"] },
            new("nll_loss", "[] or [B]", "−log π of the chosen responses per token, for the form sft") { HasGradient = true, Aliases = ["policy_nll_loss", "chosen_nll_loss", "nll"] },
            new("weights", "[B]", "w of each pair, without gradient") { Aliases = ["wpo_weights"] },
            new("log_sum_squares", "[S, T − 1]", "log Σ_v π(v)² at each token, for use_weighting without logits"),
        ],
        Options =
        [
            new("loss_types", "sigmoid", "the forms") { Aliases = ["loss_type", "loss"], Words = [.. PairwiseLosses.All.Select(loss => loss.Name == "aot_unpaired" ? "aot_unpaired=aot_pair" : loss.Name)] },
            new("loss_weights", null, "their weights; 1 each") { Aliases = ["loss_weight"] },
            new("beta", 0.1, "β"),
            new("label_smoothing", 0.0, "ε, for sigmoid, hinge, ipo, exo_pair, robust, aot and aot_unpaired") { Aliases = ["epsilon"] },
            new("f_divergence_type", "reverse_kl", "the divergence from the reference") { Aliases = ["f_divergence"], Words = ["reverse_kl", "forward_kl", "js_divergence=js", "alpha_divergence=alpha"] },
            new("f_alpha_divergence_coef", 0.5, "α of alpha_divergence") { Aliases = ["alpha_divergence_coef"] },
            new("ld_alpha", null, "weight of the tokens past the shorter response's length (LD-DPO)"),
            new("use_weighting", false, "whether pairs are weighted by how likely the policy says them (WPO)"),
            new("discopop_tau", 0.05, "τ of discopop"),
            new("ipo_length_norm", true, "whether ipo divides log-ratios by lengths"),
            new("alpha", 0.0, "AlphaPO's α, for sigmoid_norm: s/|y| becomes (1 − e^(−α·s/|y|))/α"),
            new("reference_free", false, "whether the reference counts as uniform"),
        ],
    };

    public static IReadOnlyList<Objective> All { get; } =
    [
        Dpo,
        .. PairwiseLosses.All.Select(loss => Dpo.Preset(loss.Name, loss.Formula, loss.Paper, ("loss_types", loss.Name)) with { Aliases = loss.Kind == DpoLossKind.AotUnpaired ? ["aot_pair"] : [] }),
        Dpo.Preset("rpo", "sigmoid + α·sft", "Pang et al. 2024, arXiv:2404.19733, Eq. 1", ("loss_types", (object?[])["sigmoid", "sft"])),
        Dpo.Preset("mpo", "0.8·sigmoid + 0.2·bco_pair + sft", "Wang et al. 2024, arXiv:2411.10442, Eq. 2", ("loss_types", (object?[])["sigmoid", "bco_pair", "sft"]), ("loss_weights", (object?[])[0.8, 0.2, 1.0])),
        Dpo.Preset("wpo", "w·ℓ, w = exp(mean aligned log π(y_w) + mean aligned log π(y_l))", "Zhou et al. 2024, arXiv:2406.11827, Eq. 2", ("use_weighting", true)),
        Dpo.Preset("ld_dpo", "ℓ with log π = Σ_{t ≤ n} log π_t + α·Σ_{t > n} log π_t, n the shorter length", "Liu et al. 2024, arXiv:2409.06411, Eq. 11", ("ld_alpha", 0.5)),
    ];

    private static ObjectiveValues Evaluate(ObjectiveCase values)
    {
        var ldAlpha = values.OptionalNumber("ld_alpha");
        var policy = PairCase.Policy(values, ldAlpha);
        var reference = values.Flag("reference_free") ? null : PairCase.Read(values, "ref_", ldAlpha)
            ?? throw new ArgumentException("give the reference's ref_logits, ref_logps or ref_chosen_logps and ref_rejected_logps, or set reference_free");
        var options = new DpoLossOptions
        {
            Losses = [.. values.Words("loss_types").Select(EnumWords.Parse<DpoLossKind>)],
            Weights = values.Numbers("loss_weights"),
            Beta = values.Number("beta"),
            LabelSmoothing = values.Number("label_smoothing"),
            Divergence = values.Choice<FDivergence>("f_divergence_type"),
            DivergenceAlpha = values.Number("f_alpha_divergence_coef"),
            IpoLengthNorm = values.Flag("ipo_length_norm"),
            DiscopopTau = values.Number("discopop_tau"),
            RewardAlpha = values.Number("alpha"),
        };

        // TRL's one number for the whole batch stands in every row: only the mean is used.
        var likelihood = values.Optional("nll_loss") ?? policy.TokenLikelihood() ?? (policy.Lengths is { } lengths ? -policy.LogProbs.Chosen.sum() / lengths.Chosen.sum() : null);
        var labels = values.Optional("soft_labels") ?? (values.Optional("labels") is { } given && given.dim() == 1 ? given : null);
        var result = DpoLoss.Compute(
            policy.LogProbs, reference?.LogProbs, options, labels, policy.Lengths, values.Optional("margins"), likelihood?.expand(policy.LogProbs.Chosen.shape), Weights(values, policy));
        var metrics = policy.Metrics(result.ChosenRewards, result.RejectedRewards);
        if (options.Losses.Contains(DpoLossKind.Sft) && likelihood is not null)
        {
            metrics["nll_loss"] = likelihood.mean().item<double>();
        }

        return ObjectiveValues.Mean(result.Losses) with
        {
            Metrics = metrics,
            Outputs = new Dictionary<string, Tensor>
            {
                ["chosen_rewards"] = result.ChosenRewards,
                ["rejected_rewards"] = result.RejectedRewards,
                ["sequence_logps"] = cat([policy.LogProbs.Chosen, policy.LogProbs.Rejected]).detach(),
            },
        };
    }

    private static Tensor? Weights(ObjectiveCase values, PairCase policy)
    {
        if (!values.Flag("use_weighting"))
        {
            return values.Optional("weights");
        }

        if (policy.Dense is not { } dense)
        {
            throw new ArgumentException("use_weighting needs logits, or per_token_logps with log_sum_squares; or give weights");
        }

        using var noGrad = no_grad();
        var squares = dense.Logits is { } logits ? (2 * logits).logsumexp(-1) - 2 * logits.logsumexp(-1) : values.Tensor("log_sum_squares");
        var aligned = WpoWeights.Aligned(dense.LogProbs, squares).masked_fill(dense.Mask.logical_not(), 0).sum(dim: 1);
        var counts = dense.Mask.to_type(ScalarType.Float64).sum(dim: 1);
        return WpoWeights.Compute(PairCase.Halves(aligned / maximum(counts, ones_like(counts))));
    }
}
