namespace Alignment.RewardModel;

/// <summary>What a reward model learns from; in YAML in snake case.</summary>
public enum RewardLossKind
{
    /// <summary>Pairs, each by itself, with margins and soft labels.</summary>
    BradleyTerry,

    /// <summary>All pairs of a prompt's ranked responses together, averaged (InstructGPT).</summary>
    Ranking,

    /// <summary>Which of a prompt's responses is the best, by softmax (lm-human-preferences).</summary>
    BestOfK,

    /// <summary>A number for each response, by least squares.</summary>
    Rating,
}
