namespace Alignment.Core.Models;

/// <summary>Whether queries and keys are normalised before their rotation.</summary>
public enum QueryKeyNorm
{
    /// <summary>As they are.</summary>
    None,

    /// <summary>Each head by itself, with weights of one head's size.</summary>
    PerHead,

    /// <summary>All heads together, with weights of their whole width.</summary>
    WholeWidth,
}
