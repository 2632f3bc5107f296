namespace Alignment.Data.Instructions;

/// <summary>One way in which held-out rows are asked.</summary>
/// <param name="Kind">Zero-shot, few-shot, or with reasons.</param>
/// <param name="Shots">Solved examples before each.</param>
/// <param name="Folder">Its folder within that of the files; empty for the folder itself.</param>
internal sealed record HeldOutForm(InstructionKind Kind, int Shots, string Folder)
{
    /// <summary>Zero-shot, as FLAN evaluates.</summary>
    public static HeldOutForm Plain { get; } = new(InstructionKind.ZeroShot, 0, "");

    /// <summary>Whether only generated text can show what a model makes of it.</summary>
    public bool IsFree => Kind == InstructionKind.ChainOfThought;

    /// <summary>The forms that options ask for besides <see cref="Plain"/>.</summary>
    /// <param name="options">The options.</param>
    public static IEnumerable<HeldOutForm> Of(InstructionOptions options) =>
    [
        .. options.HeldOutShots.Select(shots => new HeldOutForm(InstructionKind.FewShot, shots, $"shots-{shots}")),
        .. options.HeldOutChainOfThought.Select(shots => new HeldOutForm(InstructionKind.ChainOfThought, shots, $"chain_of_thought-{shots}")),
    ];
}
