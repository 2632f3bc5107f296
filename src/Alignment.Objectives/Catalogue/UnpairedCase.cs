using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>Responses with labels, in any layout: all of them with a label each, or the desirable and the undesirable ones apart.</summary>
/// <param name="Policy">log π, [N].</param>
/// <param name="Reference">log π_ref, [N].</param>
/// <param name="Desirable">[N], boolean.</param>
/// <param name="Dense">Token by token; null where only sums were given.</param>
internal sealed record UnpairedCase(Tensor Policy, Tensor Reference, Tensor Desirable, DenseSequences? Dense)
{
    public static IReadOnlyList<ObjectiveInput> Inputs { get; } =
    [
        .. DenseSequences.Inputs(), .. DenseSequences.Inputs("ref_", "the reference"), .. DenseSequences.Tokens(),
        new("logps", "[N]", "log π of the responses") { HasGradient = true, Aliases = ["policy_logps", "completion_logps", "sequence_logps"] },
        new("ref_logps", "[N]", "log π_ref of the responses") { Aliases = ["reference_logps", "ref_completion_logps", "ref_sequence_logps"] },
        new("label", "[N]", "1 where a response is desirable") { Aliases = ["labels", "desirable", "bool_labels"] },
        new("chosen_logps", "[N₁]", "log π of the desirable responses, instead of logps and label") { HasGradient = true, Aliases = ["policy_chosen_logps"] },
        new("rejected_logps", "[N₀]", "log π of the undesirable responses") { HasGradient = true, Aliases = ["policy_rejected_logps"] },
        new("ref_chosen_logps", "[N₁]", "log π_ref of the desirable responses") { Aliases = ["reference_chosen_logps"] },
        new("ref_rejected_logps", "[N₀]", "log π_ref of the undesirable responses") { Aliases = ["reference_rejected_logps"] },
    ];

    public static UnpairedCase Read(ObjectiveCase values)
    {
        if (values.Optional("chosen_logps") is { } chosen)
        {
            var rejected = values.Tensor("rejected_logps");
            return new(
                cat([chosen, rejected]),
                cat([values.Tensor("ref_chosen_logps"), values.Tensor("ref_rejected_logps")]),
                cat([ones_like(chosen), zeros_like(rejected)]).ne(0),
                null);
        }

        var dense = DenseSequences.Read(values);
        var policy = dense?.LogProbs.sum(dim: 1) ?? values.Tensor("logps");
        var reference = DenseSequences.Read(values, "ref_")?.LogProbs.sum(dim: 1) ?? values.Tensor("ref_logps");
        return new(policy, reference, values.Mask("label"), dense);
    }

    /// <summary>TRL's names for what a batch of labelled responses shows.</summary>
    public Dictionary<string, double> Metrics(double beta)
    {
        using var noGrad = no_grad();
        var metrics = new Dictionary<string, double>();
        var rewards = beta * (Policy - Reference);
        foreach (var (name, mask) in ((string, Tensor)[])[("chosen", Desirable), ("rejected", Desirable.logical_not())])
        {
            if (Masked.Count(mask) == 0)
            {
                continue;
            }

            metrics[$"rewards/{name}"] = Masked.Mean(rewards, mask).item<double>();
            metrics[$"logps/{name}"] = Masked.Mean(Policy, mask).item<double>();
            if (Dense is { Logits: { } logits } dense)
            {
                metrics[$"logits/{name}"] = DenseSequences.TokenMean(logits.mean([-1]), dense.Mask & mask.unsqueeze(1));
            }
        }

        if (metrics.TryGetValue("rewards/chosen", out var up) && metrics.TryGetValue("rewards/rejected", out var down))
        {
            metrics["rewards/margins"] = up - down;
        }

        if (Dense is { Logits: { } all } whole)
        {
            metrics["entropy"] = DenseSequences.TokenMean(DenseSequences.EntropyOf(all), whole.Mask);
        }

        return metrics;
    }
}
