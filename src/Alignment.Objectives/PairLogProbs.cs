using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>One number for each response of a preference batch, mostly log-probabilities in nats, summed over a response's tokens; each member is [B].</summary>
/// <param name="Chosen">Of the better responses: log π(y_w | x).</param>
/// <param name="Rejected">Of the worse ones: log π(y_l | x).</param>
public readonly record struct PairLogProbs(Tensor Chosen, Tensor Rejected)
{
    /// <summary>The same with the responses' parts exchanged.</summary>
    public PairLogProbs Swapped => new(Rejected, Chosen);
}
