namespace Alignment.Data.Instructions;

/// <summary>What the held-out rows ask, as hashes of 64 bits, so that training never asks the same.</summary>
internal sealed class HeldOutPrompts
{
    private readonly HashSet<ulong> _hashes = [];

    /// <summary>Notes one.</summary>
    public void Add(InstructionExample example) => _hashes.Add(Hash(example));

    /// <summary>Whether a held-out row asks this, with or without solved examples before it.</summary>
    public bool Contains(InstructionExample example) => _hashes.Count > 0 && _hashes.Contains(Hash(example));

    private static ulong Hash(InstructionExample example) => Draws.Hash($"{example.Instruction}\n{example.Prompt}");
}
