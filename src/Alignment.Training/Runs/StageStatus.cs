namespace Alignment.Training.Runs;

/// <summary>Where a stage's output stands, as its manifest says.</summary>
public enum StageStatus
{
    /// <summary>Begun and not finished: running now, cancelled, or killed.</summary>
    Running,

    /// <summary>Finished; the result hashes are in the manifest.</summary>
    Done,
}
