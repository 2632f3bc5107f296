namespace Alignment.Labeling.Resolution;

/// <summary>What a preference row says of how sure the annotators are.</summary>
public enum LabelKind
{
    /// <summary>Nothing: the verdict's winner is chosen with label 1, a tie has label 0.5.</summary>
    Hard,

    /// <summary>The share of the votes (or their weights, or the probability) for the chosen side, ties half: the label of Bradley-Terry's and DPO's loss.</summary>
    Soft,
}
