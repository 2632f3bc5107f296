namespace Alignment.Grpo;

/// <summary>What a response's score is compared with.</summary>
public enum AdvantageKind
{
    /// <summary>The mean score of the responses to the same prompt: GRPO.</summary>
    Group,

    /// <summary>The mean score of the other responses to the same prompt: RLOO.</summary>
    LeaveOneOut,

    /// <summary>Nothing but the mean over all tokens of the step, with the KL taken off token by token: REINFORCE++.</summary>
    ReinforcePlusPlus,

    /// <summary>The same after the mean of the prompt's responses is taken off: REINFORCE++-baseline.</summary>
    ReinforcePlusPlusBaseline,

    /// <summary>The mean score of the step's responses.</summary>
    BatchMean,

    /// <summary>The running mean of the scores of earlier steps: the baseline of REINFORCE.</summary>
    RunningMean,
}
