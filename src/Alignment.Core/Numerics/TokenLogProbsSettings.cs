using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>What the forward and the backward pass of one call share besides tensors.</summary>
internal sealed record TokenLogProbsSettings(double Temperature, long Chunk, ScalarType ComputeType, double? SoftCap);
