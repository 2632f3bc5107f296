using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The losses of reward models and classifiers.</summary>
internal static class RewardObjectives
{
    public static IReadOnlyList<Objective> All { get; } =
    [
        new("reward_model", "−y·log σ(r_w − r_l − m) − (1 − y)·log σ(r_l − r_w − m) + c·(r_w + r_l)²", "Bradley and Terry 1952; Ouyang et al. 2022, arXiv:2203.02155, Eq. 1; m: Touvron et al. 2023, arXiv:2307.09288, Eq. 2; c: Eisenstein et al. 2023, arXiv:2312.09244, Eq. 2", EvaluatePairs)
        {
            Aliases = ["bradley_terry", "reward", "reward_loss"],
            Inputs =
            [
                new("rewards", "[2B]", "rewards, the chosen half first") { HasGradient = true, Aliases = ["logits", "scores"] },
                new("chosen_rewards", "[B]", "r_w, instead of rewards") { HasGradient = true, Aliases = ["rewards_chosen", "chosen"] },
                new("rejected_rewards", "[B]", "r_l") { HasGradient = true, Aliases = ["rewards_rejected", "rejected"] },
                new("margins", "[B]", "m") { Aliases = ["margin"] },
                new("soft_labels", "[B]", "y; 1 when left out") { Aliases = ["label", "labels"] },
            ],
            Options =
            [
                new("center_rewards_coefficient", 0.0, "c") { Aliases = ["center_coefficient"] },
                new("use_margin", true, "whether margins count where they are given") { Aliases = ["margin"] },
            ],
        },
        new("ranking", "1/pairs·Σ_{i better than j} (−log σ(r_i − r_j) + c·(r_i + r_j)²) of each prompt", "Ouyang et al. 2022 (InstructGPT), arXiv:2203.02155, Eq. 1; c: Eisenstein et al. 2023, arXiv:2312.09244, Eq. 2", values => ObjectiveValues.Mean(
            RankingLoss.Compute(values.Tensor("rewards"), values.Has("ranks") ? values.Whole("ranks") : null, values.Number("center_rewards_coefficient"))))
        {
            Aliases = ["k_way_ranking", "ranking_loss"],
            Inputs =
            [
                new("rewards", "[B, K]", "rewards, best answer first where there are no ranks") { HasGradient = true },
                new("ranks", "[B, K]", "0 for the best answer, equal for ties, −1 for none"),
            ],
            Options = [new("center_rewards_coefficient", 0.0, "c") { Aliases = ["center_coefficient"] }],
        },
        new("best_of_k", "−log(e^{r_b} / Σ_i e^{r_i})", "Ziegler et al. 2019, arXiv:1909.08593, Eq. 1", values => ObjectiveValues.Mean(
            BestOfLoss.Compute(values.Tensor("rewards"), values.Whole("best"))))
        {
            Aliases = ["best_of_n", "pick_best"],
            Inputs = [new("rewards", "[B, K]", "rewards") { HasGradient = true }, new("best", "[B]", "index of the best answer") { Aliases = ["labels", "label"] }],
        },
        new("regression", "(r − y)²", "lm-human-preferences' ScalarRating; HelpSteer, arXiv:2311.09528", values => ObjectiveValues.Mean(
            RatingLoss.Compute(values.Tensor("rewards"), values.Tensor("ratings"))))
        {
            Aliases = ["rating", "scalar_rating"],
            Inputs = [new("rewards", "[B]", "r") { HasGradient = true }, new("ratings", "[B]", "y") { Aliases = ["labels", "targets"] }],
        },
        new("cross_entropy", "−log softmax(z)[y]", "Hugging Face's single_label_classification", values => ObjectiveValues.Mean(
            ClassificationLoss.CrossEntropy(values.Tensor("logits"), values.Whole("labels"))))
        {
            Inputs = [new("logits", "[B, C]", "z") { HasGradient = true }, new("labels", "[B]", "y")],
        },
        new("binary_cross_entropy", "−mean over classes of y·log σ(z) + (1 − y)·log σ(−z)", "Hugging Face's multi_label_classification", values => ObjectiveValues.Mean(
            ClassificationLoss.BinaryCrossEntropy(values.Tensor("logits"), values.Tensor("labels"))))
        {
            Inputs = [new("logits", "[B, C]", "z") { HasGradient = true }, new("labels", "[B, C]", "y")],
        },
        new("mean_squared_error", "mean over outputs of (z − y)²", "Hugging Face's regression", values => ObjectiveValues.Mean(
            ClassificationLoss.MeanSquaredError(values.Tensor("logits"), values.Tensor("labels"))))
        {
            Aliases = ["mse"],
            Inputs = [new("logits", "[B, C]", "z") { HasGradient = true }, new("labels", "[B, C]", "y")],
        },
    ];

    private static ObjectiveValues EvaluatePairs(ObjectiveCase values)
    {
        var pair = values.Optional("rewards") is { } both
            ? PairCase.Halves(both.dim() == 2 ? both.squeeze(-1) : both)
            : new PairLogProbs(values.Tensor("chosen_rewards"), values.Tensor("rejected_rewards"));
        var losses = BradleyTerryLoss.Compute(
            pair.Chosen, pair.Rejected, values.Flag("use_margin") ? values.Optional("margins") : null, values.Optional("soft_labels"), values.Number("center_rewards_coefficient"));
        var result = ObjectiveValues.Mean(losses);
        using var noGrad = no_grad();
        var all = cat([pair.Chosen, pair.Rejected]);
        var metrics = new Dictionary<string, double>
        {
            ["min_reward"] = all.min().item<double>(),
            ["mean_reward"] = all.mean().item<double>(),
            ["max_reward"] = all.max().item<double>(),
            ["accuracy"] = pair.Chosen.gt(pair.Rejected).to_type(ScalarType.Float32).mean().item<float>(),
            ["margin"] = (pair.Chosen - pair.Rejected).mean().item<double>(),
        };
        return result with { Metrics = metrics };
    }
}
