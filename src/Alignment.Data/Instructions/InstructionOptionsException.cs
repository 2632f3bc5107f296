namespace Alignment.Data.Instructions;

/// <summary>Options that do not fit the data: a template names a column that no row has, a held-out cluster has no task.</summary>
/// <param name="problems">Each begins with the option's path, as <c>tasks.home.templates[1] names {tonw}, ...</c>.</param>
public sealed class InstructionOptionsException(IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
