using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Ppo;

/// <summary>The controller of the KL coefficient: Ziegler et al. 2019, arXiv:1909.08593, Section 2.2; values of its released code.</summary>
public sealed record AdaptiveKlOptions : IValidatedOptions
{
    /// <summary>The wanted divergence, in nats per response.</summary>
    [Description("wanted KL from the reference, in nats per response")]
    public double Target { get; init; } = 6;

    /// <summary>How many responses the controller takes to react.</summary>
    [Description("responses that the controller takes to react")]
    public double Horizon { get; init; } = 10_000;

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (!(Target > 0))
        {
            yield return FormattableString.Invariant($"target is {Target}; it must be above 0");
        }

        if (!(Horizon > 0))
        {
            yield return FormattableString.Invariant($"horizon is {Horizon}; it must be above 0");
        }
    }
}
