using System.Globalization;
using Alignment.Objectives;
using Alignment.Training.Runs;

namespace Alignment.Ppo;

/// <summary>The coefficient of the KL penalty, fixed or adaptive.</summary>
/// <param name="options">First coefficient, target and horizon.</param>
internal sealed class KlControl(PpoOptions options)
{
    /// <summary>β.</summary>
    public double Coefficient { get; set; } = options.KlCoef;

    /// <summary>Its state, for a checkpoint.</summary>
    public CheckpointPart Part => CheckpointParts.Text(
        "kl_coefficient.txt",
        () => Coefficient.ToString("R", CultureInfo.InvariantCulture),
        text => Coefficient = double.Parse(text, CultureInfo.InvariantCulture));

    /// <summary>Follows a step.</summary>
    /// <param name="kl">Mean of the step's responses, in nats.</param>
    /// <param name="episodes">How many they were.</param>
    public void Adapt(double kl, int episodes)
    {
        if (options.AdaptiveKl is { } adaptive)
        {
            Coefficient = KlCoefficient.Adapt(Coefficient, kl, adaptive.Target, adaptive.Horizon, episodes);
        }
    }
}
