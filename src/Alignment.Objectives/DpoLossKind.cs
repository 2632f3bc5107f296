namespace Alignment.Objectives;

/// <summary>The forms of the pairwise loss.</summary>
public enum DpoLossKind
{
    /// <summary>−log σ(βh): DPO, arXiv:2305.18290 Eq. 7; with label smoothing cDPO.</summary>
    Sigmoid,

    /// <summary>max(0, 1 − βh): SLiC's hinge on the implicit rewards, arXiv:2309.06657.</summary>
    Hinge,

    /// <summary>(h − 1/(2β))²: IPO, arXiv:2310.12036 Eq. 17.</summary>
    Ipo,
}
