namespace Alignment.Core.Models;

/// <summary>How rotary frequencies are changed to reach beyond the length a model was first trained with.</summary>
public enum RotaryKind
{
    /// <summary>All divided by the factor.</summary>
    Linear,

    /// <summary>The base grows with the sequence, once that is longer than the model's context (dynamic NTK).</summary>
    Dynamic,

    /// <summary>Slow frequencies divided by the factor, fast ones kept, a ramp between: Peng et al. 2023, arXiv:2309.00071.</summary>
    Yarn,

    /// <summary>A divisor per frequency, one set for short and one for long sequences: Ding et al. 2024, arXiv:2402.13753.</summary>
    LongRope,

    /// <summary>By wavelength, as Llama 3.1 does: Dubey et al. 2024, arXiv:2407.21783.</summary>
    Llama3,
}
