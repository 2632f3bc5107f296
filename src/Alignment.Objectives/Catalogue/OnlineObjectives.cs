using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The losses on responses that the policy has just sampled and somebody judged.</summary>
internal static class OnlineObjectives
{
    private static readonly ObjectiveOption LossType = new("loss_type", "sigmoid", "the pairwise form, not per token") { Aliases = ["loss_types"], Words = ["sigmoid", "ipo"] };

    public static IReadOnlyList<Objective> All { get; } =
    [
        new("online_dpo", "dpo on (better, worse) of two sampled responses", "Guo et al. 2024, arXiv:2402.04792, Algorithm 1", EvaluateOnlineDpo)
        {
            Aliases = ["online_dpo_loss"],
            Inputs =
            [
                new("logprobs", "[2B, R] or [2B]", "log π of the first responses, then of the second ones") { HasGradient = true, Aliases = ["logps", "per_token_logps"] },
                new("ref_logprobs", "[2B, R] or [2B]", "log π_ref of the same") { Aliases = ["ref_logps", "ref_per_token_logps", "reference_logprobs"] },
                new("completion_mask", "[2B, R]", "1 at response tokens") { Aliases = ["mask"] },
                new("padding_mask", "[2B, R]", "0 at response tokens, instead of completion_mask"),
                new("rewards", "[2B]", "scores of the responses; the first wins a tie") { Aliases = ["scores"] },
                new("mask_first_better", "[B]", "1 where the first response won, instead of rewards") { Aliases = ["ranks", "first_is_better"] },
            ],
            Options = [new("beta", 0.1, "β"), LossType],
        },
        new("xpo", "−log σ(βh) + α·log π(ỹ), ỹ the reference's response", "Xie et al. 2024, arXiv:2405.21046, Algorithm 1", EvaluateXpo)
        {
            Aliases = ["xpo_loss"],
            Inputs =
            [
                new("model_logprobs_model_data", "[B, R] or [B]", "log π of the policy's responses") { HasGradient = true },
                new("model_logprobs_ref_data", "[B, R] or [B]", "log π of the reference's responses") { HasGradient = true },
                new("ref_logprobs_ref_data", "[B, R] or [B]", "log π_ref of the reference's responses"),
                new("ref_logprobs_model_data", "[B, R] or [B]", "log π_ref of the policy's responses"),
                new("chosen_mask", "[B]", "1 where the policy's response won"),
            ],
            Options = [new("beta", 0.1, "β"), new("alpha", 1e-5, "α"), LossType],
        },
        new("nash_md", "β·Σ_t(log π − log π_ref)·log π − (P − ½)·Σ_t log π", "Munos et al. 2023, arXiv:2312.00886, Section 7", EvaluateNashMd)
        {
            Aliases = ["nash_md_loss", "nashmd"],
            Inputs =
            [
                new("model_logprobs_model_data", "[B, R]", "log π of the policy's responses, 0 past their end") { HasGradient = true, Aliases = ["logprobs", "per_token_logps"] },
                new("ref_logprobs_model_data", "[B, R]", "log π_ref of the same") { Aliases = ["ref_logprobs", "ref_per_token_logps"] },
                new("probability", "[B]", "P, that a response beats the mixture's") { Aliases = ["probabilities", "win_probability"] },
            ],
            Options = [new("beta", 0.1, "β")],
        },
    ];

    private static ObjectiveValues EvaluateOnlineDpo(ObjectiveCase values)
    {
        var policy = PairCase.Halves(Sums(values, "logprobs"));
        var reference = PairCase.Halves(Sums(values, "ref_logprobs"));
        Tensor firstIsBetter;
        if (values.Optional("rewards") is { } rewards)
        {
            var scores = PairCase.Halves(rewards);
            firstIsBetter = scores.Chosen.ge(scores.Rejected);
        }
        else
        {
            firstIsBetter = values.Mask("mask_first_better");
        }

        var result = DpoLoss.Compute(
            OnlinePairs.Order(policy.Chosen, policy.Rejected, firstIsBetter),
            OnlinePairs.Order(reference.Chosen, reference.Rejected, firstIsBetter),
            values.Number("beta"),
            values.Choice<DpoLossKind>("loss_type"));
        var ordered = new PairCase(OnlinePairs.Order(policy.Chosen, policy.Rejected, firstIsBetter), null, null);
        return ObjectiveValues.Mean(result.Losses) with { Metrics = ordered.Metrics(result.ChosenRewards, result.RejectedRewards) };
    }

    private static Tensor Sums(ObjectiveCase values, string name)
    {
        var given = values.Tensor(name);
        var outside = values.Has("padding_mask") ? values.Mask("padding_mask") : values.MaskOrOnes("completion_mask", given).logical_not();
        return given.dim() == 1 ? given : given.masked_fill(outside, 0).sum(dim: 1);
    }

    private static ObjectiveValues EvaluateXpo(ObjectiveCase values)
    {
        var (pairwise, bonus) = XpoLoss.Compute(
            Sum("model_logprobs_model_data"), Sum("model_logprobs_ref_data"), Sum("ref_logprobs_model_data"), Sum("ref_logprobs_ref_data"),
            values.Mask("chosen_mask"), values.Number("beta"), values.Number("alpha"), values.Choice<DpoLossKind>("loss_type"));
        return ObjectiveValues.Mean(pairwise + bonus) with
        {
            Outputs = new Dictionary<string, Tensor> { ["dpo_losses"] = pairwise.detach(), ["xpo_losses"] = bonus.detach() },
        };

        Tensor Sum(string name) => values.Tensor(name) is var given && given.dim() == 1 ? given : given.sum(dim: 1);
    }

    private static ObjectiveValues EvaluateNashMd(ObjectiveCase values)
    {
        var logProbs = values.Tensor("model_logprobs_model_data");
        var reference = values.Tensor("ref_logprobs_model_data");
        var probability = values.Tensor("probability");
        return ObjectiveValues.Mean(NashMdLoss.Compute(logProbs, reference, probability, values.Number("beta"))) with
        {
            Outputs = new Dictionary<string, Tensor>
            {
                ["score"] = ((probability - 0.5) * logProbs.sum(dim: 1)).detach(),
                ["kl_div_log"] = (logProbs - reference).sum(dim: 1).detach(),
            },
        };
    }
}
