using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>Token log-probabilities of whole sequences from logits, the plain way, as the reference programs do it; the trainers never make these logits.</summary>
/// <param name="LogProbs">[S, T − 1], of the tokens after the first; 0 outside the mask.</param>
/// <param name="Mask">[S, T − 1], boolean: response tokens.</param>
/// <param name="Logits">[S, T − 1, V], those that predict the tokens; null where log-probabilities were given.</param>
/// <param name="Ids">[S, T − 1], the tokens; null where log-probabilities were given.</param>
/// <param name="Counts">[S], tokens of the completion mask, float64, at least 1.</param>
internal sealed record DenseSequences(Tensor LogProbs, Tensor Mask, Tensor? Logits, Tensor? Ids, Tensor Counts)
{
    public static ObjectiveInput[] Inputs(string prefix = "", string meaning = "the policy") =>
    [
        new($"{prefix}logits", "[S, T, V]", $"logits of {meaning}; those at t predict token t + 1") { HasGradient = prefix.Length == 0, Aliases = prefix.Length == 0 ? ["policy_logits", "model_logits"] : [$"{prefix.Replace("ref_", "reference_")}logits"] },
        new($"{prefix}per_token_logps", "[S, T − 1] or [S, T]", $"log-probabilities of the tokens under {meaning}, instead of logits") { HasGradient = prefix.Length == 0, Aliases = [$"{prefix}token_logps", $"{prefix}per_token_logprobs", .. prefix.Length == 0 ? ["policy_per_token_logps"] : (string[])[$"{prefix.Replace("ref_", "reference_")}per_token_logps"]] },
    ];

    public static ObjectiveInput[] Tokens(string prefix = "") =>
    [
        new($"{prefix}input_ids", "[S, T]", "token ids") { Aliases = [$"{prefix}ids", $"{prefix}completion_input_ids", .. Concatenated(prefix, "input_ids")] },
        new($"{prefix}completion_mask", "[S, T]", "1 at response tokens") { Aliases = [$"{prefix}loss_mask"] },
        new($"{prefix}completion_labels", "[S, T]", "token ids with −100 where no token counts, instead of completion_mask; they stand for input_ids, too, where those are left out") { Aliases = [.. Concatenated(prefix, "labels")] },
        new($"{prefix}attention_mask", "[S, T]", "1 at tokens that are no padding") { Aliases = [$"{prefix}completion_attention_mask", .. Concatenated(prefix, "attention_mask")] },
    ];

    // TRL's names of both halves together.
    private static string[] Concatenated(string prefix, string name) => prefix.Length == 0 ? [$"concatenated_{name}"] : [];

    /// <summary>Null where neither logits nor token log-probabilities are given.</summary>
    public static DenseSequences? Read(ObjectiveCase values, string prefix = "", string tokens = "")
    {
        if (values.Optional($"{prefix}logits") is { } logits)
        {
            var (ids, mask) = IdsAndMask(values, tokens);
            var shifted = logits.narrow(1, 0, logits.size(1) - 1);
            var targets = ids.narrow(1, 1, ids.size(1) - 1);
            var kept = mask.narrow(1, 1, mask.size(1) - 1);
            return new(LogProbsOf(shifted, targets).masked_fill(kept.logical_not(), 0), kept, shifted, targets, CountsOf(mask));
        }

        if (values.Optional($"{prefix}per_token_logps") is not { } logProbs)
        {
            return null;
        }

        var given = values.MaskOrOnes($"{tokens}completion_mask", logProbs);
        var fitting = given.size(1) == logProbs.size(1) + 1 ? given.narrow(1, 1, logProbs.size(1)) : given;
        return new(logProbs.masked_fill(fitting.logical_not(), 0), fitting, null, null, CountsOf(given));
    }

    /// <summary>log softmax at the given ids, [S, T].</summary>
    public static Tensor LogProbsOf(Tensor logits, Tensor ids) =>
        logits.gather(-1, ids.unsqueeze(-1)).squeeze(-1) - logits.logsumexp(-1);

    /// <summary>Entropy at every position, [S, T], in nats.</summary>
    public static Tensor EntropyOf(Tensor logits)
    {
        var logProbs = logits.log_softmax(-1);
        return -(logProbs.exp() * logProbs).sum([-1]);
    }

    /// <summary>Mean of a quantity over the tokens of some rows; 0 where there are none.</summary>
    public static double TokenMean(Tensor perToken, Tensor mask) => Masked.Mean(perToken, mask).item<double>();

    private static (Tensor Ids, Tensor Mask) IdsAndMask(ObjectiveCase values, string tokens)
    {
        var labels = values.Optional($"{tokens}completion_labels") ?? (tokens.Length == 0 && values.Optional("labels") is { } pairs && pairs.dim() == 2 ? pairs : null);
        if (labels is null || values.Has($"{tokens}completion_mask"))
        {
            return (values.Whole($"{tokens}input_ids"), values.Mask($"{tokens}completion_mask"));
        }

        var counted = labels.ge(0);
        return (values.Has($"{tokens}input_ids") ? values.Whole($"{tokens}input_ids") : labels.masked_fill(counted.logical_not(), 0).to_type(ScalarType.Int64), counted);
    }

    private static Tensor CountsOf(Tensor mask)
    {
        var counts = mask.to_type(ScalarType.Float64).sum(dim: 1);
        return maximum(counts, ones_like(counts));
    }
}
