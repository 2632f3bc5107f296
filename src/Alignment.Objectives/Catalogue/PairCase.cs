using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The pairs of a case, in any of its layouts: logits, token log-probabilities, sums of both halves, sums apart.</summary>
/// <param name="LogProbs">log π, [B] each.</param>
/// <param name="Lengths">Tokens, [B] each; null where they are not known.</param>
/// <param name="Dense">Token by token; null where only sums were given.</param>
internal sealed record PairCase(PairLogProbs LogProbs, PairLogProbs? Lengths, DenseSequences? Dense)
{
    public static IReadOnlyList<ObjectiveInput> PolicyInputs { get; } =
    [
        .. DenseSequences.Inputs(), .. DenseSequences.Tokens(),
        new("labels", "[2B, T]", "the same as completion_labels"),
        new("logps", "[2B]", "log π of the responses, the chosen half first") { HasGradient = true, Aliases = ["sequence_logps", "policy_logps", "all_logps", "logprobs"] },
        new("chosen_logps", "[B]", "log π of the chosen responses") { HasGradient = true, Aliases = ["policy_chosen_logps", "chosen_logprobs", "logps_chosen"] },
        new("rejected_logps", "[B]", "log π of the rejected responses") { HasGradient = true, Aliases = ["policy_rejected_logps", "rejected_logprobs", "logps_rejected"] },
        new("lengths", "[2B]", "tokens of the responses, the chosen half first") { Aliases = ["completion_lengths"] },
        new("chosen_lengths", "[B]", "tokens of the chosen responses") { Aliases = ["chosen_lens", "n_chosen"] },
        new("rejected_lengths", "[B]", "tokens of the rejected responses") { Aliases = ["rejected_lens", "n_rejected"] },
    ];

    public static IReadOnlyList<ObjectiveInput> ReferenceInputs { get; } =
    [
        .. DenseSequences.Inputs("ref_", "the reference"),
        new("ref_logps", "[2B]", "log π_ref, the chosen half first") { Aliases = ["ref_sequence_logps", "reference_logps", "reference_sequence_logps", "ref_logprobs"] },
        new("ref_chosen_logps", "[B]", "log π_ref of the chosen responses") { Aliases = ["reference_chosen_logps", "ref_chosen_logprobs"] },
        new("ref_rejected_logps", "[B]", "log π_ref of the rejected responses") { Aliases = ["reference_rejected_logps", "ref_rejected_logprobs"] },
    ];

    /// <summary>The policy's, or with <c>ref_</c> the reference's; null where nothing is given.</summary>
    public static PairCase? Read(ObjectiveCase values, string prefix = "", double? ldAlpha = null, bool mean = false)
    {
        if (DenseSequences.Read(values, prefix) is { } dense)
        {
            var weighted = ldAlpha is { } alpha ? dense.LogProbs * LengthDesensitization.TokenWeights(dense.Mask, alpha) : dense.LogProbs;
            var sums = weighted.sum(dim: 1);
            return new(Halves(mean ? sums / dense.Mask.to_type(ScalarType.Float64).sum(dim: 1) : sums), Halves(dense.Counts), dense);
        }

        if (ldAlpha is not null)
        {
            throw new ArgumentException("ld_alpha needs logits or per_token_logps: it weighs tokens");
        }

        var lengths = values.Optional("lengths") is { } both
            ? Halves(both.to_type(ScalarType.Float64))
            : values.Optional("chosen_lengths") is { } chosen
                ? new PairLogProbs(chosen.to_type(ScalarType.Float64), values.Tensor("rejected_lengths").to_type(ScalarType.Float64))
                : (PairLogProbs?)null;
        if (values.Optional($"{prefix}chosen_logps") is { } chosenLogProbs)
        {
            return new(new(chosenLogProbs, values.Tensor($"{prefix}rejected_logps")), lengths, null);
        }

        return values.Optional($"{prefix}logps") is { } all ? new(Halves(all), lengths, null) : null;
    }

    /// <summary>The policy's.</summary>
    public static PairCase Policy(ObjectiveCase values, double? ldAlpha = null, bool mean = false) => Read(values, "", ldAlpha, mean)
        ?? throw new ArgumentException("give the policy's logits, per_token_logps, logps or chosen_logps and rejected_logps");

    /// <summary>Both halves of a tensor.</summary>
    public static PairLogProbs Halves(Tensor both) => both.size(0) % 2 == 0
        ? new(both.narrow(0, 0, both.size(0) / 2), both.narrow(0, both.size(0) / 2, both.size(0) / 2))
        : throw new ArgumentException($"{both.size(0)} rows are not two halves, chosen and rejected");

    /// <summary>TRL's names for the rewards and log-probabilities of a batch.</summary>
    public Dictionary<string, double> Metrics(Tensor chosenRewards, Tensor rejectedRewards)
    {
        using var noGrad = no_grad();
        var metrics = new Dictionary<string, double>();
        if (Dense is { Logits: { } logits, Ids: { } ids } dense)
        {
            var half = logits.size(0) / 2;
            var meanLogits = logits.mean([-1]);
            var (chosen, rejected) = (dense.Mask.narrow(0, 0, half), dense.Mask.narrow(0, half, half));
            metrics["entropy"] = DenseSequences.TokenMean(DenseSequences.EntropyOf(logits), dense.Mask);
            metrics["logits/chosen"] = DenseSequences.TokenMean(meanLogits.narrow(0, 0, half), chosen);
            metrics["logits/rejected"] = DenseSequences.TokenMean(meanLogits.narrow(0, half, half), rejected);
            var right = logits.narrow(0, 0, half).argmax(-1).eq(ids.narrow(0, 0, half));
            metrics["mean_token_accuracy"] = (float)DenseSequences.TokenMean(right.to_type(ScalarType.Float64), chosen);
        }

        metrics["rewards/chosen"] = chosenRewards.mean().item<double>();
        metrics["rewards/rejected"] = rejectedRewards.mean().item<double>();
        metrics["rewards/accuracies"] = chosenRewards.gt(rejectedRewards).to_type(ScalarType.Float32).mean().item<float>();
        metrics["rewards/margins"] = (chosenRewards - rejectedRewards).mean().item<double>();
        metrics["logps/chosen"] = LogProbs.Chosen.mean().item<double>();
        metrics["logps/rejected"] = LogProbs.Rejected.mean().item<double>();
        return metrics;
    }

    /// <summary>−mean log π over all response tokens of the chosen half (TRL's cross entropy); null where tokens are not known.</summary>
    public Tensor? TokenLikelihood(Tensor? mask = null)
    {
        if (Dense is not { } dense)
        {
            return null;
        }

        var half = dense.LogProbs.size(0) / 2;
        var kept = (mask ?? dense.Mask).narrow(0, 0, half);
        return -Masked.Mean(dense.LogProbs.narrow(0, 0, half), kept);
    }
}
