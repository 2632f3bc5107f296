namespace Alignment.Labeling.Sampling;

/// <summary>Which candidates of a prompt become a task.</summary>
public enum SelectionKind
{
    /// <summary>Any; pairs of different models before pairs of the same one.</summary>
    Random,

    /// <summary>Those whose rewards lie closest together: the reward model is least sure of them.</summary>
    Margin,

    /// <summary>The pairs on which several reward models differ most.</summary>
    Disagreement,
}
