namespace Alignment.Dpo;

/// <summary>The losses of responses that are good or bad by themselves.</summary>
public enum UnpairedLossKind
{
    /// <summary>Kahneman-Tversky optimisation, arXiv:2402.01306.</summary>
    Kto,

    /// <summary>Anchored preference optimisation without pairs, arXiv:2408.06266: KTO without its KL.</summary>
    ApoZeroUnpaired,

    /// <summary>Binary classifier optimisation, arXiv:2404.04656.</summary>
    Bco,
}
