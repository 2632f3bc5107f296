namespace Alignment.Core.Models;

/// <summary>How a parameter starts when no file gives it.</summary>
internal enum ParameterInit
{
    /// <summary>N(0, initializer_range²).</summary>
    Normal,

    /// <summary>
    /// N(0, initializer_range² / (2L)): projections that add to the residual stream, so that its variance does not grow with depth
    /// (Radford et al. 2019, Section 2.3).
    /// </summary>
    Residual,

    /// <summary>The output of a scalar head; its deviation is chosen where the model is made.</summary>
    Head,

    /// <summary>Scales of norms.</summary>
    Ones,

    /// <summary>Biases.</summary>
    Zeros,
}
