using static TorchSharp.torch;

namespace Alignment.Objectives.Pairwise;

/// <summary>What the pairwise forms read of a batch. The tensors that it makes belong to the dispose scope that is open then.</summary>
public sealed class PairwiseTerms
{
    /// <summary>Makes log-ratios and scores.</summary>
    /// <param name="policy">log π, [B] each.</param>
    /// <param name="reference">log π_ref, [B] each.</param>
    /// <param name="options">β, ε, τ, the divergence.</param>
    public PairwiseTerms(PairLogProbs policy, PairLogProbs reference, DpoLossOptions options)
    {
        (Policy, Reference, Options) = (policy, reference, options);
        LogRatios = new(policy.Chosen - reference.Chosen, policy.Rejected - reference.Rejected);
        Scores = new(Score(LogRatios.Chosen), Score(LogRatios.Rejected));

        Tensor Score(Tensor logRatios) => FDivergenceScore.Compute(logRatios, options.Divergence, options.DivergenceAlpha);
    }

    private PairwiseTerms(PairwiseTerms other)
    {
        (Policy, Reference, Options) = (other.Policy.Swapped, other.Reference.Swapped, other.Options);
        (LogRatios, Scores, Lengths) = (other.LogRatios.Swapped, other.Scores.Swapped, other.Lengths?.Swapped);
        (Margins, Likelihoods) = (other.Margins, other.Likelihoods);
    }

    /// <summary>log π, [B] each.</summary>
    public PairLogProbs Policy { get; }

    /// <summary>log π_ref, [B] each.</summary>
    public PairLogProbs Reference { get; }

    /// <summary>h = log π − log π_ref, [B] each.</summary>
    public PairLogProbs LogRatios { get; }

    /// <summary>s, the divergence's score of h, [B] each; h itself under the reverse KL.</summary>
    public PairLogProbs Scores { get; }

    /// <summary>β, ε, τ.</summary>
    public DpoLossOptions Options { get; }

    /// <summary>Tokens of the responses, [B] each.</summary>
    public PairLogProbs? Lengths { get; init; }

    /// <summary>m, [B].</summary>
    public Tensor? Margins { get; init; }

    /// <summary>−log π of the chosen responses, [B].</summary>
    public Tensor? Likelihoods { get; init; }

    /// <summary>β·s, [B] each.</summary>
    public PairLogProbs Rewards => new(Options.Beta * Scores.Chosen, Options.Beta * Scores.Rejected);

    /// <summary>d = β(s_w − s_l) − m, [B].</summary>
    public Tensor Difference => WithMargin(Options.Beta * (Scores.Chosen - Scores.Rejected));

    /// <summary>s_w/|y_w| − s_l/|y_l|, [B].</summary>
    public Tensor DifferencePerToken => Lengths is { } lengths
        ? Scores.Chosen / lengths.Chosen - Scores.Rejected / lengths.Rejected
        : throw new ArgumentException("the loss is per token: give the lengths of the responses", nameof(Lengths));

    /// <summary>The same of AlphaPO's reward (1 − e^(−α·s/|y|))/α; of s/|y| itself where α is 0. [B].</summary>
    public Tensor RewardDifferencePerToken => Options.RewardAlpha == 0
        ? DifferencePerToken
        : Lengths is { } lengths
            ? CpoLoss.Reward(Scores.Chosen / lengths.Chosen, Options.RewardAlpha) - CpoLoss.Reward(Scores.Rejected / lengths.Rejected, Options.RewardAlpha)
            : throw new ArgumentException("the loss is per token: give the lengths of the responses", nameof(Lengths));

    /// <summary>log π(y)/|y|, [B] each.</summary>
    public PairLogProbs LogProbsPerToken => Lengths is { } lengths
        ? new(Policy.Chosen / lengths.Chosen, Policy.Rejected / lengths.Rejected)
        : throw new ArgumentException("the loss is per token: give the lengths of the responses", nameof(Lengths));

    /// <summary>Takes the margin off.</summary>
    /// <param name="difference">[B], in units of reward.</param>
    public Tensor WithMargin(Tensor difference) => Margins is null ? difference : difference - Margins;

    /// <summary>The same pairs with the rejected responses as the better ones.</summary>
    public PairwiseTerms Swapped() => new(this);
}
