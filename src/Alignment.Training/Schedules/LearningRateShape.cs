namespace Alignment.Training.Schedules;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum LearningRateShape
{
    /// <summary>Falls in a straight line towards the minimum.</summary>
    Linear,

    /// <summary>Falls along half a cosine towards the minimum.</summary>
    Cosine,

    /// <summary>Stays.</summary>
    Constant,
}
