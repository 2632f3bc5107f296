namespace Alignment.Data.Instructions;

/// <summary>How a row of a task becomes an instruction.</summary>
public enum InstructionKind
{
    /// <summary>The prompt alone.</summary>
    ZeroShot,

    /// <summary>The prompt after solved examples of the same task.</summary>
    FewShot,

    /// <summary>The answer comes after its reasons.</summary>
    ChainOfThought,

    /// <summary>The task turned around: the answer is given, an input is asked for.</summary>
    Inverted,
}
