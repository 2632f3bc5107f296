namespace Alignment.Data.Instructions;

/// <summary>A row in words.</summary>
/// <param name="Kind">How.</param>
/// <param name="Template">The template's place among those of its kind.</param>
/// <param name="Instruction">What stands once before all; null where there is nothing.</param>
/// <param name="Shots">Solved examples, in order.</param>
/// <param name="Prompt">What is asked.</param>
/// <param name="Completion">What is answered, without the prefix of completions.</param>
internal sealed record InstructionExample(
    InstructionKind Kind, int Template, string? Instruction, IReadOnlyList<(string Prompt, string Completion)> Shots, string Prompt, string Completion);
