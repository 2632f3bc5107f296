namespace Alignment.Training.Loops;

/// <summary>Which way a metric gets better.</summary>
public enum BestMode
{
    /// <summary>Lower is better: losses.</summary>
    Min,

    /// <summary>Higher is better: accuracies, rewards.</summary>
    Max,
}
