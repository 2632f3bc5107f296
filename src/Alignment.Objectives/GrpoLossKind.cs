namespace Alignment.Objectives;

/// <summary>The forms of the group-relative policy loss, TRL's names: what a token's term is and what the sum is divided by.</summary>
public enum GrpoLossKind
{
    /// <summary>Mean over the responses of the mean over their tokens.</summary>
    Grpo,

    /// <summary>Sum over the tokens, divided by responses × the longest length allowed.</summary>
    DrGrpo,

    /// <summary>Mean over all tokens of the step.</summary>
    Dapo,

    /// <summary>Mean over all tokens of the micro-batch.</summary>
    Bnpo,

    /// <summary>Clipped importance weights, detached, times log-probabilities; mean over all tokens of the step.</summary>
    Cispo,

    /// <summary>Sum over the tokens of a response of a sequence-level term, mean over the responses.</summary>
    Luspo,

    /// <summary>A soft gate instead of the clip; means as in grpo.</summary>
    Sapo,

    /// <summary>Gamma weights of the sequence's ratio, detached, times log-probabilities; mean over all tokens of the step.</summary>
    Vespo,
}
