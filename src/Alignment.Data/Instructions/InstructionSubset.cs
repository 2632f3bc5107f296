namespace Alignment.Data.Instructions;

/// <summary>A training set of some clusters.</summary>
/// <param name="Clusters">Their names, in the order in which they joined.</param>
/// <param name="Tasks">Tasks of these.</param>
/// <param name="Rows">Rows of the file.</param>
public sealed record InstructionSubset(IReadOnlyList<string> Clusters, int Tasks, long Rows)
{
    /// <summary>The folder of the training file.</summary>
    public string Folder => FolderOf(Clusters.Count);

    /// <summary>The folder of a size.</summary>
    /// <param name="size">Number of clusters.</param>
    public static string FolderOf(int size) => FormattableString.Invariant($"clusters-{size}");
}
