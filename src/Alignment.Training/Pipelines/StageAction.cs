namespace Alignment.Training.Pipelines;

/// <summary>What the runner does with a stage.</summary>
public enum StageAction
{
    /// <summary>Starts it afresh; an old output is replaced.</summary>
    Run,

    /// <summary>Continues an interrupted run from its last checkpoint.</summary>
    Resume,

    /// <summary>Leaves its output, which is up to date.</summary>
    Skip,
}
