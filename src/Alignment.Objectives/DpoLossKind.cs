namespace Alignment.Objectives;

/// <summary>The forms of the pairwise loss, TRL's names; formulas and papers are in <see cref="Pairwise.PairwiseLosses"/>.</summary>
public enum DpoLossKind
{
    /// <summary>DPO; with label smoothing conservative DPO.</summary>
    Sigmoid,

    /// <summary>SLiC's and RSO's hinge on the implicit rewards.</summary>
    Hinge,

    /// <summary>IPO, per token or not.</summary>
    Ipo,

    /// <summary>EXO with two responses.</summary>
    ExoPair,

    /// <summary>Noise contrastive alignment with two responses.</summary>
    NcaPair,

    /// <summary>Robust DPO, unbiased under flipped labels.</summary>
    Robust,

    /// <summary>Binary classifier optimisation of a pair, without its running delta.</summary>
    BcoPair,

    /// <summary>Self-play preference optimisation with hard labels.</summary>
    SppoHard,

    /// <summary>Alignment via optimal transport: margins sorted over the batch.</summary>
    Aot,

    /// <summary>The same with chosen and rejected responses sorted apart.</summary>
    AotUnpaired,

    /// <summary>Anchored preference optimisation: chosen up, rejected down.</summary>
    ApoZero,

    /// <summary>Anchored preference optimisation: both down, the rejected further.</summary>
    ApoDown,

    /// <summary>The loss that DiscoPOP discovered.</summary>
    Discopop,

    /// <summary>Likelihood of the chosen response.</summary>
    Sft,

    /// <summary>DPO on log-ratios per token.</summary>
    SigmoidNorm,

    /// <summary>ORPO's odds ratio; it reads no reference.</summary>
    OddsRatio,
}
