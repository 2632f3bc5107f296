namespace Alignment.Objectives;

/// <summary>The losses of responses that are good or bad by themselves, TRL's names.</summary>
public enum KtoLossKind
{
    /// <summary>Kahneman-Tversky optimisation.</summary>
    Kto,

    /// <summary>Anchored preference optimisation without pairs: KTO with a KL of 0.</summary>
    ApoZeroUnpaired,
}
