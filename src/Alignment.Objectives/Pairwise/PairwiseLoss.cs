using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>One pairwise form: its name, what it is, and the function that computes it.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Name">TRL's name.</param>
/// <param name="Formula">In one line; h log-ratios, s scores, d = β(s_w − s_l) − m.</param>
/// <param name="Paper">Where it is from, with the equation.</param>
/// <param name="Rows">[B], the loss of each pair when its chosen response is the better one.</param>
public sealed record PairwiseLoss(DpoLossKind Kind, string Name, string Formula, string Paper, Func<PairwiseTerms, Tensor> Rows)
{
    /// <summary>What it does with ε.</summary>
    public LabelSmoothingUse Smoothing { get; init; }

    /// <summary>Whether a margin has a place in it.</summary>
    public bool TakesMargins { get; init; }

    /// <summary>Whether it sorts over the batch, so that its rows are no longer pairs.</summary>
    public bool SortsBatch { get; init; }

    /// <summary>Whether exchanging the responses gives the loss of the opposite label.</summary>
    public bool Swappable => !SortsBatch && Kind != DpoLossKind.Sft;

    /// <summary>The loss of a pair whose policy is its own reference and has no margin; null where it depends on the responses.</summary>
    public Func<DpoLossOptions, double>? AtReference { get; init; }
}
