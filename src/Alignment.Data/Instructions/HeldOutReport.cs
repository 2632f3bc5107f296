namespace Alignment.Data.Instructions;

/// <summary>Held-out rows that are asked behind solved examples, or for reasons.</summary>
/// <param name="Folder">Their folder.</param>
/// <param name="Tasks">What became of each held-out task.</param>
public sealed record HeldOutReport(string Folder, IReadOnlyList<TaskReport> Tasks)
{
    /// <summary>Rows written.</summary>
    public long Rows => Tasks.Sum(task => task.Written);

    /// <summary>The option that asks for them.</summary>
    internal string Option => Folder.StartsWith("shots", StringComparison.Ordinal) ? "held_out_shots" : "held_out_chain_of_thought";
}
