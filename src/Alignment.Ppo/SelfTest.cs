using System.Globalization;
using Alignment.Training.Loops;

namespace Alignment.Ppo;

/// <summary>Checks that are always on: they find most broken PPO loops before anything is trained.</summary>
internal static class SelfTest
{
    /// <summary>How far the first pass over fresh rollouts may be from ratio 1.</summary>
    public const double RatioTolerance = 1e-5;

    /// <summary>The mean difference that two ways of computing the same thing may have: with a cache token by token, and all tokens at once.</summary>
    public static double SamplerTolerance(ComputePrecision precision) => precision == ComputePrecision.Bf16 ? 5e-2 : 1e-4;

    /// <summary>Refuses a sampler that draws from another distribution than the one that is scored.</summary>
    /// <param name="difference">Mean |sampler's − scorer's log-prob| over the tokens of the first step.</param>
    /// <param name="precision">Of the matrix products.</param>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public static void CheckSampler(double difference, ComputePrecision precision)
    {
        if (!(difference <= SamplerTolerance(precision)))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"self test: the log-probabilities of the sampler and of the scorer differ by {difference:0.#e+0} nats per token on average (at most {SamplerTolerance(precision):0.#e+0} is allowed), so rollouts would not be the policy's own; nothing was updated. Please report this with the options of the run"));
        }
    }
}
