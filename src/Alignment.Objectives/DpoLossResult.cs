using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>What one preference batch gives, row by row; the caller reduces.</summary>
/// <param name="Losses">[B], with gradient.</param>
/// <param name="ChosenRewards">[B], β(log π − log π_ref) of the chosen responses, detached.</param>
/// <param name="RejectedRewards">[B], the same of the rejected ones.</param>
public readonly record struct DpoLossResult(Tensor Losses, Tensor ChosenRewards, Tensor RejectedRewards);
