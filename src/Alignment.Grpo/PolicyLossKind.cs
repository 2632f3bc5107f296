using Alignment.Objectives;

namespace Alignment.Grpo;

/// <summary>The forms of the policy's loss; the first eight are <see cref="GrpoLossKind"/>'s, in its order.</summary>
public enum PolicyLossKind
{
    /// <summary>Mean over the responses of the mean over their tokens.</summary>
    Grpo,

    /// <summary>Sum over the tokens, divided by responses × the longest length allowed.</summary>
    DrGrpo,

    /// <summary>Mean over all tokens of the update.</summary>
    Dapo,

    /// <summary>Mean over all tokens of the micro-batch.</summary>
    Bnpo,

    /// <summary>Clipped importance weights, detached, times log-probabilities; mean over all tokens of the update.</summary>
    Cispo,

    /// <summary>Sum over the tokens of a response of a sequence-level term, mean over the responses.</summary>
    Luspo,

    /// <summary>A soft gate instead of the clip; means as in grpo.</summary>
    Sapo,

    /// <summary>Gamma weights of the sequence's ratio, detached, times log-probabilities; mean over all tokens of the update.</summary>
    Vespo,

    /// <summary>One clipped ratio for each whole response, mean over the responses.</summary>
    Rloo,

    /// <summary>The plain policy gradient without a ratio: sum over the tokens, mean over the responses.</summary>
    Reinforce,
}
