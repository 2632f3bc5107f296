namespace Alignment.Data.Instructions;

/// <summary>The order of the rows in the training file.</summary>
public enum InstructionOrder
{
    /// <summary>At random.</summary>
    Shuffled,

    /// <summary>By rising difficulty: the number of a column, else the characters of prompt and completion.</summary>
    EasyToHard,

    /// <summary>Tasks with many rows before tasks with few, each task's rows at random.</summary>
    HighToLowResource,
}
