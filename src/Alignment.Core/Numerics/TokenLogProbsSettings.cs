using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>What the forward and the backward pass of one call share besides tensors.</summary>
/// <param name="Temperature">Divides the logits.</param>
/// <param name="Chunk">Rows at a time.</param>
/// <param name="ComputeType">Of the matrix products.</param>
/// <param name="SoftCap">Of the logits; null = none.</param>
/// <param name="KeptBytes">Logits of so many bytes stay for the backward pass, which makes the others again; 0 where there is none.</param>
/// <param name="WithStatistics">Whether entropy, hits and means are wanted too.</param>
internal sealed record TokenLogProbsSettings(double Temperature, long Chunk, ScalarType ComputeType, double? SoftCap, long KeptBytes, bool WithStatistics);
