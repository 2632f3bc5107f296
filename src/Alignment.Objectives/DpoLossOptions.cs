namespace Alignment.Objectives;

/// <summary>What kind of pairwise loss is wanted. Defaults are TRL's.</summary>
public sealed record DpoLossOptions
{
    /// <summary>The forms whose weighted sum is the loss.</summary>
    public IReadOnlyList<DpoLossKind> Losses { get; init; } = [DpoLossKind.Sigmoid];

    /// <summary>Their weights; 1 each when null.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>β &gt; 0: larger keeps the policy closer to the reference.</summary>
    public double Beta { get; init; } = 0.1;

    /// <summary>ε in [0, 0.5): the share of labels taken to be flipped.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>The divergence from the reference.</summary>
    public FDivergence Divergence { get; init; } = FDivergence.ReverseKl;

    /// <summary>α of the α-divergence.</summary>
    public double DivergenceAlpha { get; init; } = 0.5;

    /// <summary>Whether IPO divides log-ratios by lengths.</summary>
    public bool IpoLengthNorm { get; init; } = true;

    /// <summary>τ of DiscoPOP.</summary>
    public double DiscopopTau { get; init; } = 0.05;

    /// <summary>AlphaPO's α: sigmoid_norm takes (1 − p^(−α))/α, p the mean probability (ratio) of a token, instead of log p; 0 for log p.</summary>
    public double RewardAlpha { get; init; }

    /// <summary>Everything that is wrong, in words.</summary>
    public IEnumerable<string> Problems()
    {
        if (Losses.Count == 0)
        {
            yield return "loss is empty; name at least one form";
        }

        if (Weights is { } weights && weights.Count != Losses.Count)
        {
            yield return $"loss_weights has {weights.Count} numbers for {Losses.Count} losses";
        }

        if (!(Beta > 0 && double.IsFinite(Beta)))
        {
            yield return FormattableString.Invariant($"beta is {Beta}; it must be above 0");
        }

        if (!(LabelSmoothing is >= 0 and < 0.5))
        {
            yield return FormattableString.Invariant($"label_smoothing is {LabelSmoothing}; it must be at least 0 and below 0.5");
        }

        if (LabelSmoothing == 0 && Losses.Contains(DpoLossKind.ExoPair))
        {
            yield return "loss exo_pair needs label_smoothing above 0: its target is (1 - label_smoothing, label_smoothing); EXO's authors use 1e-3";
        }

        if (!double.IsFinite(RewardAlpha))
        {
            yield return FormattableString.Invariant($"alpha is {RewardAlpha}; it must be a number");
        }

        if (!(DiscopopTau > 0))
        {
            yield return FormattableString.Invariant($"discopop_tau is {DiscopopTau}; it must be above 0");
        }
    }
}
