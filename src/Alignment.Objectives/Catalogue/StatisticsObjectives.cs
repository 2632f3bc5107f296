using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>Estimators, statistics and controllers that the objectives are made of.</summary>
internal static class StatisticsObjectives
{
    private static readonly ObjectiveInput Values = new("values", "any", "numbers") { HasGradient = true, Aliases = ["xs", "x"] };
    private static readonly ObjectiveInput Mask = new("mask", "as values", "1 where a number counts; all when left out");

    /// <summary>The estimators that take the sampled tokens' log-probabilities, with their names in TRL until 0.11.</summary>
    public static IReadOnlyList<string> KlWords { get; } = ["k1=kl", "k2=mse", "k3", "abs"];

    public static IReadOnlyList<Objective> All { get; } =
    [
        new("kl", "k1: −r, k2: r²/2, k3: eʳ − 1 − r, abs: |r|, r = log π_ref − log π; full: Σ_v π(v)·(log π(v) − log π_ref(v)); the loss is the mean over the mask", "Schulman 2020, Approximating KL divergence; full: TRL 0.11", EvaluateKl)
        {
            Aliases = ["kl_estimator", "kl_penalty", "per_token_kl"],
            Inputs =
            [
                new("logprobs", "any", "log π") { HasGradient = true, Aliases = ["per_token_logps", "logps"] },
                new("ref_logprobs", "as logprobs", "log π_ref") { Aliases = ["ref_per_token_logps", "ref_logps"] },
                new("logits", "[..., V]", "the policy's logits, for full") { HasGradient = true },
                new("ref_logits", "[..., V]", "the reference's, for full") { Aliases = ["reference_logits"] },
                Mask with { Aliases = ["completion_mask"] },
            ],
            Options = [new("kl_estimator", "k1", "which one") { Aliases = ["estimator", "kl_penalty"], Words = [.. KlWords, "full"] }],
        },
        new("whiten", "(x − mean)/√(variance + 1e-8) over the mask, the mean added back without shift_mean", "TRL's masked_whiten", values => new()
        {
            Outputs = new Dictionary<string, Tensor> { ["whitened"] = Masked.Whiten(values.Tensor("values"), values.MaskOrOnes("mask", values.Tensor("values")), values.Flag("shift_mean")) },
        })
        {
            Aliases = ["masked_whiten", "whitening"],
            Inputs = [Values, Mask],
            Options = [new("shift_mean", true, "whether the result has mean 0")],
        },
        new("masked_mean", "Σ x / n over the mask", "TRL's masked_mean", values => new() { Loss = Masked.Mean(values.Tensor("values"), values.MaskOrOnes("mask", values.Tensor("values"))) })
        {
            Inputs = [Values, Mask],
        },
        new("masked_var", "Σ (x − mean)²/n · n/(n − 1) over the mask", "TRL's masked_var", values => new() { Loss = Masked.Variance(values.Tensor("values"), values.MaskOrOnes("mask", values.Tensor("values"))) })
        {
            Aliases = ["masked_variance"],
            Inputs = [Values, Mask],
        },
        new("kl_coefficient", "β·(1 + clip(KL/target − 1, −0.2, 0.2)·n/horizon)", "Ziegler et al. 2019, arXiv:1909.08593, Section 2.2", values => new()
        {
            Outputs = new Dictionary<string, Tensor>
            {
                ["kl_coef"] = tensor(KlCoefficient.Adapt(values.Number("kl_coef"), values.Number("kl"), values.Number("target"), values.Number("horizon"), (long)values.Number("n_steps"))),
            },
        })
        {
            Aliases = ["adaptive_kl", "adaptive_kl_controller"],
            Options =
            [
                new("kl_coef", 0.2, "β before") { Aliases = ["init_kl_coef", "value"] },
                new("kl", null, "the KL of the batch, in nats per sequence") { Aliases = ["current"] },
                new("target", 6.0, "the wanted KL"),
                new("horizon", 10000.0, "episodes that the controller takes"),
                new("n_steps", null, "episodes of the batch") { Aliases = ["episodes", "batch_size"] },
            ],
        },
        new("running_moments", "mean and variance of a stream, batch by batch", "Chan et al. 1979; TRL's RunningMoments", EvaluateMoments)
        {
            Inputs = [new("values", "any", "the next batch") { Aliases = ["xs", "rewards"] }],
            Options =
            [
                new("mean", 0.0, "mean before") { Aliases = ["running_mean"] }, new("var", 1.0, "variance before") { Aliases = ["running_var"] }, new("count", 1e-24, "how many before") { Aliases = ["running_count"] },
            ],
        },
        new("token_log_probs", "log softmax(z)[y] at each position, with the entropy there", "TRL's selective_log_softmax and entropy_from_logits", EvaluateLogProbs)
        {
            Aliases = ["selective_log_softmax", "entropy_from_logits"],
            Inputs = [new("logits", "[B, T, V]", "z") { HasGradient = true }, new("ids", "[B, T]", "y") { Aliases = ["index", "input_ids", "labels"] }],
        },
    ];

    private static ObjectiveValues EvaluateKl(ObjectiveCase values)
    {
        var estimator = values.Choice<KlEstimator>("kl_estimator");
        var kl = estimator == KlEstimator.Full
            ? KlEstimators.Full(values.Tensor("logits"), values.Tensor("ref_logits"))
            : KlEstimators.PerToken(values.Tensor("logprobs"), values.Tensor("ref_logprobs"), estimator);
        return new() { Loss = Masked.Mean(kl, values.MaskOrOnes("mask", kl)), Outputs = new Dictionary<string, Tensor> { ["kl"] = kl.detach() } };
    }

    private static ObjectiveValues EvaluateMoments(ObjectiveCase values)
    {
        var moments = new RunningMoments(values.Number("mean"), values.Number("var"), values.Number("count")).With(values.Tensor("values"));
        return new()
        {
            Outputs = new Dictionary<string, Tensor> { ["mean"] = tensor(moments.Mean), ["var"] = tensor(moments.Variance), ["count"] = tensor(moments.Count) },
        };
    }

    private static ObjectiveValues EvaluateLogProbs(ObjectiveCase values)
    {
        var logits = values.Tensor("logits");
        var logProbs = DenseSequences.LogProbsOf(logits, values.Whole("ids"));
        return new()
        {
            Loss = logProbs.sum(),
            Outputs = new Dictionary<string, Tensor> { ["per_token_logps"] = logProbs.detach(), ["entropies"] = DenseSequences.EntropyOf(logits).detach() },
        };
    }
}
