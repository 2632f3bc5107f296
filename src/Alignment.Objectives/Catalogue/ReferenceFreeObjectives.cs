using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The losses on pairs without a reference.</summary>
internal static class ReferenceFreeObjectives
{
    private static readonly ObjectiveInput Likelihood = new("nll_loss", "[]", "−log π of the chosen responses per token; from logits where they are given")
    {
        HasGradient = true,
        Aliases = ["policy_nll_loss", "chosen_nll_loss", "nll"],
    };

    private static readonly Objective Cpo = new(
        "cpo", "ℓ(u) + α_nll·nll, u = log π_w − log π_l; ℓ: −log σ(βu), max(0, 1 − βu), (u − 1/(2β))², −log σ(βu − γ)", "Xu et al. 2024, arXiv:2401.08417, Eq. 3 and 4", EvaluateCpo)
    {
        Aliases = ["cpo_loss"],
        Inputs = [.. PairCase.PolicyInputs, Likelihood],
        Options =
        [
            new("loss_type", "sigmoid", "ℓ") { Aliases = ["loss_types"], Words = EnumWords.Of<CpoLossKind>() },
            new("beta", 0.1, "β"),
            new("label_smoothing", 0.0, "ε, for sigmoid and simpo"),
            new("simpo_gamma", 0.5, "γ, the margin of simpo") { Aliases = ["gamma"] },
            new("alpha", 0.0, "AlphaPO's α: u is the difference of (1 − π^(−α))/α") { Aliases = ["alphapo_alpha"] },
            new("cpo_alpha", 1.0, "weight of the chosen responses' likelihood, which is 0 where neither logits nor nll_loss are given"),
        ],
    };

    public static IReadOnlyList<Objective> All { get; } =
    [
        Cpo,
        Cpo.Preset("simpo", "−log σ(β(log π_w/|y_w| − log π_l/|y_l|) − γ)", "Meng et al. 2024, arXiv:2405.14734, Eq. 6", ("loss_type", "simpo"), ("cpo_alpha", 0.0)) with { Aliases = ["simpo_loss"] },
        Cpo.Preset("alphapo", "−log σ(β(r_w − r_l) − γ), r = (1 − π̄^(−α))/α, π̄ the mean probability of a token", "Gupta et al. 2025, arXiv:2501.03884, Eq. 5", ("loss_type", "simpo"), ("cpo_alpha", 0.0), ("alpha", 0.25)),
        new("orpo", "nll − β·log σ(o), o = log odds(y_w) − log odds(y_l)", "Hong et al. 2024, arXiv:2403.07691, Eq. 6 and 7", EvaluateOrpo)
        {
            Aliases = ["orpo_loss", "odds_ratio_loss"],
            Inputs = [.. PairCase.PolicyInputs, Likelihood],
            Options = [new("beta", 0.1, "β, the paper's λ") { Aliases = ["lambda"] }],
        },
        new("tpo", "ℓ(u) + α·nll of a gold response, u = log π_w − log π_l; ℓ as cpo's, tpo-l: −log σ(βu − γ), u per token", "Saeidi et al. 2024, arXiv:2405.16681", EvaluateTpo)
        {
            Aliases = ["tpo_loss"],
            Inputs = [.. PairCase.PolicyInputs, Likelihood with { Meaning = "−log π of the gold responses per token; from logits of three parts, chosen, rejected and gold, where they are given" }],
            Options =
            [
                new("loss_type", "sigmoid", "ℓ") { Aliases = ["loss_types"], Words = ["sigmoid", "hinge", "ipo", "tpo-l"] },
                new("beta", 0.01, "β"),
                new("label_smoothing", 0.0, "ε, for sigmoid and tpo-l"),
                new("tpo_alpha", 1.0, "α, the weight of the likelihood; with 0 there are no gold responses"),
                new("tpo_l_gamma", 0.5, "γ of tpo-l"),
            ],
        },
    ];

    private static ObjectiveValues EvaluateTpo(ObjectiveCase values)
    {
        var kind = values.Word("loss_type") is var word && word == "tpo-l" ? CpoLossKind.Simpo : EnumWords.Parse<CpoLossKind>(word);
        var weight = values.Number("tpo_alpha");
        var (policy, gold) = Branches(values, CpoLoss.IsPerToken(kind), withGold: weight != 0);
        var result = CpoLoss.Compute(policy.LogProbs, kind, values.Number("beta"), values.Number("label_smoothing"), values.Number("tpo_l_gamma"));
        var likelihood = weight == 0 ? null : values.Optional("nll_loss") ?? gold;
        var mean = result.Losses.mean();
        var metrics = policy.Metrics(result.ChosenRewards, result.RejectedRewards);
        if (DenseSequences.Read(values) is { Logits: { } logits } all)
        {
            using var noGrad = no_grad();
            metrics["entropy"] = DenseSequences.TokenMean(DenseSequences.EntropyOf(logits), all.Mask); // of the gold responses, too
        }

        return new()
        {
            Loss = likelihood is null ? mean : mean + weight * likelihood,
            Rows = result.Losses,
            Metrics = metrics,
            Outputs = new Dictionary<string, Tensor> { ["chosen_rewards"] = result.ChosenRewards, ["rejected_rewards"] = result.RejectedRewards },
        };
    }

    // Chosen, rejected and, for the likelihood, the gold responses, one third after the other.
    private static (PairCase Policy, Tensor? Gold) Branches(ObjectiveCase values, bool mean, bool withGold)
    {
        if (DenseSequences.Read(values) is not { } dense)
        {
            return (PerToken(PairCase.Policy(values), mean), null);
        }

        if (!withGold)
        {
            return (PairCase.Policy(values, mean: mean), null);
        }

        var rows = dense.LogProbs.size(0);
        if (rows % 3 != 0)
        {
            throw new ArgumentException($"{rows} rows are not three parts, chosen, rejected and gold responses; set tpo_alpha to 0 where there are no gold responses");
        }

        Tensor? Pair(Tensor? table) => table?.narrow(0, 0, rows / 3 * 2);
        var pairs = new DenseSequences(Pair(dense.LogProbs)!, Pair(dense.Mask)!, Pair(dense.Logits), Pair(dense.Ids), Pair(dense.Counts)!);
        var sums = pairs.LogProbs.sum(dim: 1);
        var counts = pairs.Mask.to_type(ScalarType.Float64).sum(dim: 1);
        return (
            new PairCase(PairCase.Halves(mean ? sums / maximum(counts, ones_like(counts)) : sums), PairCase.Halves(pairs.Counts), pairs),
            -Masked.Mean(dense.LogProbs.narrow(0, rows / 3 * 2, rows / 3), dense.Mask.narrow(0, rows / 3 * 2, rows / 3)));
    }

    private static PairCase PerToken(PairCase policy, bool mean) => mean && policy.Dense is null && policy.Lengths is { } lengths
        ? policy with { LogProbs = new(policy.LogProbs.Chosen / lengths.Chosen, policy.LogProbs.Rejected / lengths.Rejected) }
        : policy;

    private static ObjectiveValues EvaluateCpo(ObjectiveCase values)
    {
        var kind = values.Choice<CpoLossKind>("loss_type");
        var isMean = CpoLoss.IsPerToken(kind);
        var policy = PerToken(PairCase.Policy(values, mean: isMean), isMean);
        var result = CpoLoss.Compute(policy.LogProbs, kind, values.Number("beta"), values.Number("label_smoothing"), values.Number("simpo_gamma"), values.Number("alpha"));
        var weight = values.Number("cpo_alpha");
        var likelihood = weight == 0 ? null : values.Optional("nll_loss") ?? policy.TokenLikelihood();
        var metrics = policy.Metrics(result.ChosenRewards, result.RejectedRewards);
        AddLogits(metrics, values, whole: true);
        metrics["nll_loss"] = likelihood?.item<double>() ?? 0;
        var mean = result.Losses.mean();
        return new()
        {
            Loss = likelihood is null ? mean : mean + weight * likelihood,
            Rows = result.Losses,
            Metrics = metrics,
            Outputs = new Dictionary<string, Tensor> { ["chosen_rewards"] = result.ChosenRewards, ["rejected_rewards"] = result.RejectedRewards },
        };
    }

    private static ObjectiveValues EvaluateOrpo(ObjectiveCase values)
    {
        var policy = PerToken(PairCase.Policy(values, mean: true), mean: true);
        var logProbs = policy.LogProbs;
        var beta = values.Number("beta");
        var losses = OddsRatioLoss.Compute(logProbs, beta);
        var odds = OddsRatioLoss.LogOddsRatio(logProbs);

        // TRL's likelihood is that of prompt and response.
        var likelihood = values.Optional("nll_loss") ?? WholeLikelihood(values, policy);
        var (chosenRewards, rejectedRewards) = ((beta * logProbs.Chosen).detach(), (beta * logProbs.Rejected).detach());
        var metrics = policy.Metrics(chosenRewards, rejectedRewards);
        AddLogits(metrics, values, whole: false);
        metrics["nll_loss"] = likelihood?.item<double>() ?? 0;
        metrics["log_odds_ratio"] = nn.functional.logsigmoid(odds).mean().item<double>();
        metrics["log_odds_chosen"] = odds.mean().item<double>();
        var mean = losses.mean();
        return new()
        {
            Loss = likelihood is null ? mean : likelihood + mean,
            Rows = losses,
            Metrics = metrics,
            Outputs = new Dictionary<string, Tensor>
            {
                ["log_odds"] = odds.detach(),
                ["odds_ratio_losses"] = losses.detach().neg(), // the sign of TRL's odds_ratio_loss
                ["chosen_rewards"] = chosenRewards,
                ["rejected_rewards"] = rejectedRewards,
            },
        };
    }

    private static Tensor? WholeLikelihood(ObjectiveCase values, PairCase policy)
    {
        if (policy.Dense is not { Logits: { } logits, Ids: { } ids } dense || !values.Has("attention_mask"))
        {
            return policy.TokenLikelihood();
        }

        var mask = values.Mask("attention_mask");
        var kept = mask.narrow(1, 1, mask.size(1) - 1);
        var half = kept.size(0) / 2;
        return -Masked.Mean(DenseSequences.LogProbsOf(logits, ids).narrow(0, 0, half), kept.narrow(0, 0, half));
    }

    // TRL means all logits of a half here, padding and prompt included; CPO's last position too.
    private static void AddLogits(Dictionary<string, double> metrics, ObjectiveCase values, bool whole)
    {
        metrics.Remove("entropy");
        metrics.Remove("mean_token_accuracy");
        if (values.Optional("logits") is not { } logits)
        {
            return;
        }

        using var noGrad = no_grad();
        var halves = PairCase.Halves(whole ? logits : logits.narrow(1, 0, logits.size(1) - 1));
        metrics["logits/chosen"] = halves.Chosen.mean().item<double>();
        metrics["logits/rejected"] = halves.Rejected.mean().item<double>();
    }
}
