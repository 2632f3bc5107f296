namespace Alignment.Objectives;

/// <summary>The forms of the reference-free pairwise loss, TRL's names.</summary>
public enum CpoLossKind
{
    /// <summary>−log σ(βh): contrastive preference optimisation.</summary>
    Sigmoid,

    /// <summary>max(0, 1 − βh).</summary>
    Hinge,

    /// <summary>(h − 1/(2β))², per token.</summary>
    Ipo,

    /// <summary>−log σ(βh − γ), per token.</summary>
    Simpo,
}
