namespace Alignment.Core.Models;

/// <summary>How hidden states are normalised.</summary>
public enum NormKind
{
    /// <summary>x · w / √(mean(x²) + ε): Zhang and Sennrich 2019, arXiv:1910.07467.</summary>
    Rms,

    /// <summary>x · (1 + w) / √(mean(x²) + ε), as Gemma stores it.</summary>
    RmsOffset,

    /// <summary>(x − mean) / √(var + ε) · w + b: Ba et al. 2016, arXiv:1607.06450.</summary>
    Layer,
}
