using System.Globalization;
using Alignment.Objectives;
using Alignment.Training.Runs;

namespace Alignment.Ppo;

/// <summary>The coefficient of the KL penalty, fixed or adaptive, and the ceiling that ends a run.</summary>
/// <param name="options">First coefficient, target and horizon, ceiling.</param>
internal sealed class KlControl(PpoOptions options)
{
    /// <summary>β.</summary>
    public double Coefficient { get; set; } = options.KlCoef;

    /// <summary>Its state, for a checkpoint.</summary>
    public CheckpointPart Part => CheckpointParts.Text(
        "kl_coefficient.txt",
        () => Coefficient.ToString("R", CultureInfo.InvariantCulture),
        text => Coefficient = double.Parse(text, CultureInfo.InvariantCulture));

    /// <summary>Stops a run that has left the reference too far behind.</summary>
    /// <param name="kl">Mean of the step's responses, in nats.</param>
    /// <param name="step">The step.</param>
    /// <exception cref="InvalidDataException">It is above the ceiling.</exception>
    public void Check(double kl, long step)
    {
        if (kl > options.KlCeiling)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"the KL from the reference is {kl:0.###} nats per response at step {step}, above kl_ceiling {options.KlCeiling}; no update was made with these responses and the last checkpoint is good. Raise kl_coef, give adaptive_kl, lower learning_rate, or raise kl_ceiling"));
        }
    }

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
