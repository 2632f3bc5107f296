using static TorchSharp.torch;

namespace Alignment.Grpo;

/// <summary>The loss of a micro-batch.</summary>
/// <param name="Sum">A scalar with gradient; divided by <paramref name="Weight"/> it is the micro-batch's share of the update's loss.</param>
/// <param name="Weight">Of the whole update.</param>
/// <param name="LowClipped">[b, R], boolean: tokens whose ratio was clipped from below; null where there is no ratio.</param>
/// <param name="HighClipped">[b, R], boolean: from above.</param>
internal sealed record MicroLoss(Tensor Sum, double Weight, Tensor? LowClipped, Tensor? HighClipped);
