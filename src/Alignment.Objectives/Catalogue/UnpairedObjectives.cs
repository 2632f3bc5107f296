using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The losses on responses that are good or bad by themselves.</summary>
internal static class UnpairedObjectives
{
    private static readonly Objective Kto = new(
        "kto", "λ_D·(1 − σ(β(h − z))) or λ_U·(1 − σ(β(z − h))), z = max(0, mean h of mismatched responses)", "Ethayarajh et al. 2024, arXiv:2402.01306, Eq. 7 and 8", EvaluateKto)
    {
        Aliases = ["kto_loss"],
        Inputs =
        [
            .. UnpairedCase.Inputs,
            new("kl", "[]", "z; it is not trained through"),
            new("KL_logps", "[M]", "log π of mismatched responses") { Aliases = ["policy_KL_logps"] },
            new("ref_KL_logps", "[M]", "log π_ref of mismatched responses") { Aliases = ["reference_KL_logps"] },
            new("KL_logits", "[M, T, V]", "logits of mismatched responses, instead of KL_logps") { Aliases = ["policy_KL_logits"] },
            new("ref_KL_logits", "[M, T, V]", "the reference's logits of mismatched responses") { Aliases = ["reference_KL_logits"] },
            .. DenseSequences.Tokens("KL_"),
        ],
        Options =
        [
            new("loss_type", "kto", "the form") { Aliases = ["loss_types"], Words = EnumWords.Of<KtoLossKind>() },
            new("beta", 0.1, "β"),
            new("desirable_weight", 1.0, "λ_D"),
            new("undesirable_weight", 1.0, "λ_U"),
        ],
    };

    public static IReadOnlyList<Objective> All { get; } =
    [
        Kto,
        Kto.Preset("apo_zero_unpaired", "1 − σ(βh) where desirable, σ(βh) where not", "D'Oosterlinck et al. 2024, arXiv:2408.06266, Eq. 7 unpaired", ("loss_type", "apo_zero_unpaired")),
        new("bco", "−log σ(r − δ) or −w·log σ(−(r − δ)), r = βh, δ the mean of all rewards so far", "Jung et al. 2024, arXiv:2404.04656, Eq. 12", EvaluateBco)
        {
            Aliases = ["bco_loss"],
            Inputs =
            [
                .. UnpairedCase.Inputs,
                new("prob_desirable", "[N] or [N₀]", "probability that a prompt is one of the desirable ones, for the density ratio w") { Aliases = ["chosen_prob", "prob_chosen"] },
            ],
            Options =
            [
                new("beta", 0.1, "β"),
                new("delta", null, "δ itself; from the rewards when left out"),
                new("do_train", true, "whether this batch's rewards enter δ first") { Aliases = ["update"] },
                new("running_mean", 0.0, "mean of the rewards before this batch") { Aliases = ["mean"] },
                new("running_var", 1.0, "their variance") { Aliases = ["var", "running_variance"] },
                new("running_count", 1e-24, "how many they are") { Aliases = ["count"] },
                new("match_underlying_distribution", true, "whether prob_desirable counts where it is given"),
                new("min_density_ratio", 0.5, "lower bound of w"),
                new("max_density_ratio", 10.0, "upper bound of w"),
            ],
        },
    ];

    private static ObjectiveValues EvaluateKto(ObjectiveCase values)
    {
        var responses = UnpairedCase.Read(values);
        var kind = values.Choice<KtoLossKind>("loss_type");
        var beta = values.Number("beta");
        var kl = kind == KtoLossKind.ApoZeroUnpaired ? 0 : Kl(values);
        var losses = KtoLoss.Compute(responses.Policy, responses.Reference, responses.Desirable, beta, kl, values.Number("desirable_weight"), values.Number("undesirable_weight"));
        var metrics = responses.Metrics(beta);
        metrics["kl"] = kl;
        return ObjectiveValues.Mean(losses) with { Metrics = metrics, Outputs = Rewards(responses, beta) };
    }

    private static double Kl(ObjectiveCase values)
    {
        if (values.Optional("kl") is { } kl)
        {
            return Math.Max(0, kl.mean().item<double>());
        }

        var policy = DenseSequences.Read(values, "KL_", "KL_")?.LogProbs.sum(dim: 1) ?? values.Optional("KL_logps");
        var reference = DenseSequences.Read(values, "ref_KL_", "KL_")?.LogProbs.sum(dim: 1) ?? values.Optional("ref_KL_logps");
        return policy is null || reference is null
            ? throw new ArgumentException("kto needs z: give kl, or KL_logps and ref_KL_logps, or KL_logits, ref_KL_logits, KL_input_ids and KL_completion_mask; or take loss_type apo_zero_unpaired")
            : KtoLoss.KlEstimate(policy, reference).ToDouble();
    }

    private static ObjectiveValues EvaluateBco(ObjectiveCase values)
    {
        var responses = UnpairedCase.Read(values);
        var beta = values.Number("beta");
        var rewards = (beta * (responses.Policy - responses.Reference)).detach();
        var moments = new RunningMoments(values.Number("running_mean"), values.Number("running_var"), values.Number("running_count"));
        moments = values.Flag("do_train") ? moments.With(rewards) : moments;
        var delta = values.OptionalNumber("delta") ?? moments.SingleMean;
        var losses = BcoLoss.Compute(responses.Policy, responses.Reference, responses.Desirable, beta, delta, Weights(values, responses));
        var metrics = responses.Metrics(beta);
        metrics["delta"] = delta;
        foreach (var (name, mask) in ((string, Tensor)[])[("chosen", responses.Desirable), ("rejected", responses.Desirable.logical_not())])
        {
            metrics[$"rewards/{name}_sum"] = Masked.Sum(rewards, mask).item<double>();
            metrics[$"logps/{name}_sum"] = Masked.Sum(responses.Policy, mask).item<double>();
            metrics[$"count/{name}"] = Masked.Count(mask);
        }

        return ObjectiveValues.Mean(losses) with
        {
            Metrics = metrics,
            Outputs = new Dictionary<string, Tensor>(Rewards(responses, beta))
            {
                ["delta"] = tensor(delta),
                ["running_mean"] = tensor(moments.Mean),
                ["running_var"] = tensor(moments.Variance),
                ["running_count"] = tensor(moments.Count),
            },
        };
    }

    private static Tensor? Weights(ObjectiveCase values, UnpairedCase responses)
    {
        if (!values.Flag("match_underlying_distribution") || values.Optional("prob_desirable") is not { } probabilities)
        {
            return null;
        }

        var ratios = BcoLoss.DensityRatio(probabilities, values.Number("min_density_ratio"), values.Number("max_density_ratio"));
        if (ratios.size(0) == responses.Policy.size(0))
        {
            return ratios;
        }

        var weights = ones_like(responses.Policy).detach();
        weights[responses.Desirable.logical_not()] = ratios;
        return weights;
    }

    private static Dictionary<string, Tensor> Rewards(UnpairedCase responses, double beta)
    {
        var rewards = (beta * (responses.Policy - responses.Reference)).detach();
        return new() { ["chosen_rewards"] = rewards[responses.Desirable], ["rejected_rewards"] = rewards[responses.Desirable.logical_not()] };
    }
}
