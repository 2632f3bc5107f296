using System.Text.Json.Nodes;

namespace Alignment.Data.Instructions;

/// <summary>Reads a task's files as columns, one record in memory at a time.</summary>
internal interface ITaskRecords
{
    /// <summary>The records in order.</summary>
    /// <param name="task">Whose files; a reader that learns the cluster from them sets it.</param>
    /// <param name="remarks">Takes what was left out.</param>
    IEnumerable<(string Id, JsonObject Columns)> Read(InstructionTask task, Formats.Remarks remarks);

    /// <summary>Solved examples that the files bring along; empty where rows of the task serve.</summary>
    /// <param name="task">Whose files.</param>
    IReadOnlyList<(string Id, JsonObject Columns)> Examples(InstructionTask task);
}
