namespace Alignment.Objectives.Pairwise;

/// <summary>What a pairwise form does with ε, the share of flipped labels.</summary>
public enum LabelSmoothingUse
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It mixes the loss with that of the exchanged pair: (1 − ε)·ℓ(y_w, y_l) + ε·ℓ(y_l, y_w).</summary>
    Mixture,

    /// <summary>ε stands in its formula.</summary>
    Own,
}
