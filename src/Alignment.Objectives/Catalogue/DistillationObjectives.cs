using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>The losses of a student with a teacher.</summary>
internal static class DistillationObjectives
{
    public static IReadOnlyList<Objective> All { get; } =
    [
        new("gkd", "β·KL(p_T ‖ m) + (1 − β)·KL(p_S ‖ m), m = β·p_T + (1 − β)·p_S", "Agarwal et al. 2023, arXiv:2306.13649, Eq. 1", Evaluate)
        {
            Aliases = ["generalized_jsd", "generalized_jsd_loss", "gkd_loss"],
            Inputs =
            [
                new("student_logits", "[B, T, V]", "the student's logits") { HasGradient = true },
                new("teacher_logits", "[B, T, V]", "the teacher's"),
                new("labels", "[B, T]", "−100 where a position does not count"),
                new("mask", "[B, T]", "1 where a position counts, instead of labels"),
                new("num_items_in_batch", "[]", "divides the sum, instead of what reduction says"),
            ],
            Options =
            [
                new("beta", 0.5, "β"),
                new("temperature", 1.0, "divides the logits; TRL's trainer has 0.9"),
                new("reduction", "batchmean", "batchmean: per position that counts (per row without labels); sum; mean: per position and token") { Words = ["batchmean", "sum", "mean", "none"] },
            ],
        },
    ];

    private static ObjectiveValues Evaluate(ObjectiveCase values)
    {
        var divergence = GeneralizedJsd.Compute(values.Tensor("student_logits"), values.Tensor("teacher_logits"), values.Number("beta"), values.Number("temperature"));
        var masked = values.Has("labels") || values.Has("mask");
        var mask = values.Has("labels") ? values.Tensor("labels").ne(-100) : values.MaskOrOnes("mask", divergence);
        var sum = Masked.Sum(divergence, mask);
        var count = Masked.Count(mask);
        var loss = values.Optional("num_items_in_batch") is { } items ? sum / items : values.Word("reduction") switch
        {
            "batchmean" => sum / Math.Max(1, masked ? count : divergence.size(0)),
            "mean" => sum / ((double)count * values.Tensor("student_logits").size(-1)),
            _ => sum,
        };
        return new()
        {
            Loss = loss,
            Rows = divergence.masked_fill(mask.logical_not(), 0).reshape(divergence.size(0), -1).sum(dim: 1),
            Outputs = new Dictionary<string, Tensor> { ["divergence"] = divergence.detach() },
        };
    }
}
