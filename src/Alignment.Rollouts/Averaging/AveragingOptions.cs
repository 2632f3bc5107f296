using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Rollouts.Averaging;

/// <summary>A running average of the policy's weights, θ̄ ← d·θ̄ + (1 − d)·θ after every step.</summary>
public sealed record AveragingOptions : IValidatedOptions
{
    /// <summary>d. InstructGPT's (Ouyang et al. 2022, arXiv:2203.02155, Appendix C.4); WARP's anchor has 0.99.</summary>
    [Description("how much of the average stays at each step")]
    public double Decay { get; init; } = 0.992;

    /// <summary>Whether the KL is measured from the average instead of a fixed reference (WARP, stage 1).</summary>
    [Description("measure the KL from the average, which begins as the reference and follows the policy (WARP's moving anchor)")]
    public bool AsReference { get; init; }

    /// <summary>Whether the stage's model is the average.</summary>
    [Description("write the average as the stage's model, not the last policy")]
    public bool AsModel { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Decay is not (>= 0 and < 1))
        {
            yield return FormattableString.Invariant($"decay is {Decay}; it must be at least 0 and below 1");
        }

        if (!AsReference && !AsModel)
        {
            yield return "as_reference and as_model are both false, so nothing would use the average; set one, or leave averaging out";
        }
    }
}
