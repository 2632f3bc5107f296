namespace Alignment.Sampling;

/// <summary>Which pairs are made of the responses to a prompt.</summary>
public enum PairKind
{
    /// <summary>The best against the worst.</summary>
    BestWorst,

    /// <summary>Every better one against every worse one.</summary>
    All,
}
