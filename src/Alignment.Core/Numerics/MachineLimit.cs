namespace Alignment.Core.Numerics;

/// <summary>One measured rate of this machine.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">The best of the repetitions.</param>
/// <param name="Unit">GFLOP/s or GB/s.</param>
public sealed record MachineLimit(string Name, double Value, string Unit);
