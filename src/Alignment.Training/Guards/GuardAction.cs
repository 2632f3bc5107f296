namespace Alignment.Training.Guards;

/// <summary>What a guard does when its metric is out of bounds.</summary>
public enum GuardAction
{
    /// <summary>Says so, once a run.</summary>
    Warn,

    /// <summary>Ends the run before a checkpoint of that step is written.</summary>
    Stop,
}
