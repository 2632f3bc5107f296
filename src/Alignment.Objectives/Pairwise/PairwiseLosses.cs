namespace Alignment.Objectives.Pairwise;

/// <summary>
/// Every pairwise form. h = log π − log π_ref, s the divergence's score of h, d = β(s_w − s_l) − m, ε the label smoothing.
/// </summary>
public static class PairwiseLosses
{
    private static readonly double Ln2 = Math.Log(2);

    /// <summary>In TRL's order, then those that its DPO trainer does not have.</summary>
    public static IReadOnlyList<PairwiseLoss> All { get; } =
    [
        new(DpoLossKind.Sigmoid, "sigmoid", "−log σ(d)", "Rafailov et al. 2023 (DPO), arXiv:2305.18290, Eq. 7; ε: Mitchell 2023, cdpo.pdf, Eq. 3", t => SigmoidLoss.Compute(t.Difference))
        {
            Smoothing = LabelSmoothingUse.Mixture, TakesMargins = true, AtReference = _ => Ln2,
        },
        new(DpoLossKind.Hinge, "hinge", "max(0, 1 − d)", "Zhao et al. 2023 (SLiC), arXiv:2305.10425, Eq. 5; Liu et al. 2023 (RSO), arXiv:2309.06657, Eq. 11", t => HingeLoss.Compute(t.Difference))
        {
            Smoothing = LabelSmoothingUse.Mixture, TakesMargins = true, AtReference = _ => 1,
        },
        new(DpoLossKind.Ipo, "ipo", "(s_w/|y_w| − s_l/|y_l| − 1/(2β))²; without ipo_length_norm (s_w − s_l − 1/(2β))²", "Azar et al. 2023, arXiv:2310.12036, Eq. 17",
            t => IpoLoss.Compute(t.Options.IpoLengthNorm ? t.DifferencePerToken : t.Scores.Chosen - t.Scores.Rejected, t.Options.Beta))
        {
            Smoothing = LabelSmoothingUse.Mixture, AtReference = o => 1 / (4 * o.Beta * o.Beta),
        },
        new(DpoLossKind.ExoPair, "exo_pair", "q·log(q/(1 − ε)) + (1 − q)·log((1 − q)/ε), q = σ(d), ε > 0", "Ji et al. 2024, arXiv:2402.00856, Eq. 16", t => ExoPairLoss.Compute(t.Difference, t.Options.LabelSmoothing))
        {
            Smoothing = LabelSmoothingUse.Own, TakesMargins = true, AtReference = o => -Ln2 - ((Math.Log(1 - o.LabelSmoothing) + Math.Log(o.LabelSmoothing)) / 2),
        },
        new(DpoLossKind.NcaPair, "nca_pair", "−log σ(βs_w) − ½·log σ(−βs_w) − ½·log σ(−βs_l)", "Chen et al. 2024, arXiv:2402.05369, Eq. 11", t => NcaPairLoss.Compute(t.Rewards.Chosen, t.Rewards.Rejected))
        {
            AtReference = _ => 2 * Ln2,
        },
        new(DpoLossKind.Robust, "robust", "(−(1 − ε)·log σ(d) + ε·log σ(−d)) / (1 − 2ε)", "Chowdhury et al. 2024, arXiv:2403.00409, Eq. 9", t => RobustLoss.Compute(t.Difference, t.Options.LabelSmoothing))
        {
            Smoothing = LabelSmoothingUse.Own, TakesMargins = true, AtReference = _ => Ln2,
        },
        new(DpoLossKind.BcoPair, "bco_pair", "−log σ(βs_w) − log σ(−βs_l)", "Jung et al. 2024, arXiv:2404.04656, Eq. 12 with δ = 0", t => BcoPairLoss.Compute(t.Rewards.Chosen, t.Rewards.Rejected))
        {
            AtReference = _ => 2 * Ln2,
        },
        new(DpoLossKind.SppoHard, "sppo_hard", "(s_w − 1/(2β))² + (s_l + 1/(2β))²", "Wu et al. 2024, arXiv:2405.00675, Eq. 4.7 with probabilities 1 and 0", t => SppoHardLoss.Compute(t.Scores.Chosen, t.Scores.Rejected, t.Options.Beta))
        {
            AtReference = o => 1 / (2 * o.Beta * o.Beta),
        },
        new(DpoLossKind.Aot, "aot", "−(1 − ε)·log σ(βa) − ε·log σ(−βa), a = sort(log π_w − log π_l) − sort(log π_ref,w − log π_ref,l)", "Melnyk et al. 2024, arXiv:2406.05882, Eq. 9",
            t => AotLoss.Compute(t.Policy.Chosen - t.Policy.Rejected, t.Reference.Chosen - t.Reference.Rejected, t.Options.Beta, t.Options.LabelSmoothing))
        {
            Smoothing = LabelSmoothingUse.Own, SortsBatch = true, AtReference = _ => Ln2,
        },
        new(DpoLossKind.AotUnpaired, "aot_unpaired", "−(1 − ε)·log σ(βa) − ε·log σ(−βa), a = sort(h_w) − sort(h_l)", "Melnyk et al. 2024, arXiv:2406.05882, Eq. 10",
            t => AotLoss.Compute(t.LogRatios.Chosen, t.LogRatios.Rejected, t.Options.Beta, t.Options.LabelSmoothing))
        {
            Smoothing = LabelSmoothingUse.Own, SortsBatch = true, AtReference = _ => Ln2,
        },
        new(DpoLossKind.ApoZero, "apo_zero", "1 − σ(βh_w) + σ(βh_l)", "D'Oosterlinck et al. 2024, arXiv:2408.06266, Eq. 7", t => ApoLoss.Zero(t.Options.Beta * t.LogRatios.Chosen, t.Options.Beta * t.LogRatios.Rejected))
        {
            AtReference = _ => 1,
        },
        new(DpoLossKind.ApoDown, "apo_down", "σ(βh_w) + 1 − σ(β(s_w − s_l))", "D'Oosterlinck et al. 2024, arXiv:2408.06266, Eq. 8", t => ApoLoss.Down(t.Options.Beta * t.LogRatios.Chosen, t.Difference))
        {
            AtReference = _ => 1,
        },
        new(DpoLossKind.Discopop, "discopop", "(1 − μ)·(−log σ(d)) + μ·e^(−d), μ = σ(d/τ)", "Lu et al. 2024, arXiv:2406.08414, Eq. 5", t => DiscopopLoss.Compute(t.Difference, t.Options.DiscopopTau))
        {
            TakesMargins = true, AtReference = _ => (Ln2 / 2) + 0.5,
        },
        new(DpoLossKind.Sft, "sft", "−log π(y_w) / |y_w|", "Pang et al. 2024 (RPO), arXiv:2404.19733, Eq. 1",
            t => t.Likelihoods?.alias() ?? throw new ArgumentException("the form sft needs the likelihoods of the chosen responses", nameof(t))),
        new(DpoLossKind.SigmoidNorm, "sigmoid_norm", "−log σ(β(s_w/|y_w| − s_l/|y_l|) − m)", "Meng et al. 2024 (SimPO), arXiv:2405.14734, Eq. 4 with DPO's reference; Lambert et al. 2024 (Tülu 3), arXiv:2411.15124, Eq. 6; alpha: Gupta et al. 2025 (AlphaPO), arXiv:2501.03884, Eq. 5",
            t => SigmoidLoss.Compute(t.WithMargin(t.Options.Beta * t.RewardDifferencePerToken)))
        {
            TakesMargins = true, AtReference = _ => Ln2,
        },
        new(DpoLossKind.OddsRatio, "odds_ratio", "−log σ(log odds(y_w) − log odds(y_l)), odds = p/(1 − p), p the mean probability of a token; reads no reference", "Hong et al. 2024 (ORPO), arXiv:2403.07691, Eq. 7",
            t => OddsRatioLoss.Compute(t.LogProbsPerToken, 1)),
    ];

    /// <summary>The entry of a form.</summary>
    /// <param name="kind">Which one.</param>
    public static PairwiseLoss Of(DpoLossKind kind) => All[(int)kind];
}
