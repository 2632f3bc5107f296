using Alignment.Core.Memory;

namespace Alignment.Cli.Bench;

/// <summary>Work that is measured step by step.</summary>
/// <param name="Name">As the baseline script's line has it.</param>
/// <param name="Step">Does it once.</param>
/// <param name="Tokens">Of a step, by which the rate counts: those that a padded batch would have.</param>
/// <param name="Flops">Of a step, as the baseline script counts them.</param>
/// <param name="Owned">Disposed in the end.</param>
internal sealed record BenchWorkload(string Name, Action Step, long Tokens, double Flops, params IDisposable[] Owned) : IDisposable
{
    /// <summary>Of sampling: the step up to the first token of each response, and how many tokens follow these.</summary>
    public (Action Prefill, long Tokens)? Decoding { get; init; }

    /// <summary>What the formulas of docs/algorithms/lora.md foretell; null where there are none for the step.</summary>
    public MemoryEstimate? Memory { get; init; }

    public void Dispose()
    {
        foreach (var owned in Owned)
        {
            owned.Dispose();
        }
    }
}
