using System.Globalization;
using Alignment.Training.Guards;

namespace Alignment.Rollouts;

/// <summary>Ends a run that has left the reference too far behind (<c>kl_ceiling</c>).</summary>
public static class KlCeiling
{
    /// <summary>Compares a step's KL with the ceiling.</summary>
    /// <param name="kl">Mean of the step's responses, in nats.</param>
    /// <param name="ceiling">The most that is allowed; null for any.</param>
    /// <param name="step">The step. Its responses are of the policy after the step before, so that one's checkpoint is above the ceiling, too.</param>
    /// <param name="advice">What to do, one sentence without its full stop.</param>
    /// <exception cref="GuardStopException">It is above the ceiling.</exception>
    public static void Check(double kl, double? ceiling, long step, string advice)
    {
        if (kl > ceiling)
        {
            throw new GuardStopException(
                string.Create(CultureInfo.InvariantCulture, $"the KL from the reference is {kl:0.###} nats per response at step {step}, above kl_ceiling {ceiling}; no update was made with these responses."),
                advice,
                step - 2);
        }
    }
}
