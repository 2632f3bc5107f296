using System.Globalization;
using Alignment.Training.Loops;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>Checks that are always on: they find most broken loops before anything is trained.</summary>
public static class SelfTest
{
    /// <summary>How far the first pass over fresh rollouts may be from ratio 1.</summary>
    public const double RatioTolerance = 1e-5;

    /// <summary>The mean difference that two ways of computing the same thing may have: with a cache token by token, and all tokens at once.</summary>
    /// <param name="precision">Of the matrix products.</param>
    /// <returns>In nats per token.</returns>
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

    /// <summary>Refuses a policy that is its own reference still, and yet reads the same responses otherwise: their KL is 0.</summary>
    /// <param name="rollouts">Of the first step, with log-probabilities under both.</param>
    /// <param name="precision">Of the matrix products.</param>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public static void CheckReference(RolloutBatch rollouts, ComputePrecision precision)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var difference = (rollouts.LogProbs - rollouts.ReferenceLogProbs).abs().sum().ToDouble() / rollouts.Lengths.Sum();
        if (!(difference <= SamplerTolerance(precision)))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"self test at step 1: the policy is its own reference, so the KL must be 0, but their log-probabilities differ by {difference:0.#e+0} nats per token on average (at most {SamplerTolerance(precision):0.#e+0} is allowed): policy and reference are not read alike; nothing was updated. Please report this with the options of the run"));
        }
    }

    /// <summary>Refuses updates whose first pass is not over the policy that was scored.</summary>
    /// <param name="step">The step, for the message.</param>
    /// <param name="largestChange">Largest |new − old log-prob| of the first pass over fresh rollouts.</param>
    /// <exception cref="InvalidOperationException">The ratio is not 1.</exception>
    public static void CheckFirstPass(long step, double largestChange)
    {
        if (!(largestChange <= RatioTolerance))
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"self test at step {step}: before any update the policy's log-probabilities differ by {largestChange:0.#e+0} from those of the rollouts (at most {RatioTolerance:0.#e+0} is allowed), so the ratio is not 1 and the policy would train on nonsense; nothing was updated. Please report this with the options of the run"));
        }
    }
}
