using Alignment.Core.Numerics;
using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>What the policy says about the pairs of one batch.</summary>
/// <param name="Batch">The pairs.</param>
/// <param name="Tokens">[N] each: log-probs of the response tokens and what the metrics say about them.</param>
/// <param name="Policy">log π, [P] each.</param>
/// <param name="Reference">log π_ref, [P] each; null without a reference.</param>
/// <param name="Lengths">Tokens of the responses, [P] each.</param>
/// <param name="Pairwise">The pairwise loss and the rewards.</param>
/// <param name="Likelihood">[P], −log π of the chosen response per token.</param>
/// <param name="Losses">[P], the pairwise loss with the likelihood term, with gradient.</param>
internal sealed record PairScores(
    PairBatch Batch, TokenStatistics Tokens, PairLogProbs Policy, PairLogProbs? Reference, PairLogProbs Lengths, DpoLossResult Pairwise, Tensor Likelihood, Tensor Losses);
