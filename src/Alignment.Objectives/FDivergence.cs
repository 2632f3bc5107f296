namespace Alignment.Objectives;

/// <summary>Which divergence from the reference the pairwise losses regularise with: Wang et al. 2023 (f-DPO), arXiv:2309.16240, Table 1.</summary>
public enum FDivergence
{
    /// <summary>KL(π ‖ π_ref), DPO's own: s = h.</summary>
    ReverseKl,

    /// <summary>KL(π_ref ‖ π): s = −e⁻ʰ.</summary>
    ForwardKl,

    /// <summary>Jensen-Shannon: s = log σ(h).</summary>
    JsDivergence,

    /// <summary>α-divergence: s = e^((α−1)h) / (α−1), and h at α = 1.</summary>
    AlphaDivergence,
}
