using Alignment.Data.Rows;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>A row as tensors, in the caller's dispose scope.</summary>
/// <param name="Ids">[B, T] Int64.</param>
/// <param name="Real">[B, T] Bool; null = all tokens are real.</param>
/// <param name="Positions">[B, T] Int64; null = the model's own way to count.</param>
internal sealed record RowTensors(Tensor Ids, Tensor? Real, Tensor? Positions)
{
    /// <summary>Copies a row to a device.</summary>
    /// <param name="row">The row.</param>
    /// <param name="countsFromMask">
    /// Whether the model counts positions from the mask when none are given (OPT). Others, in transformers' forward, count every place, padding included.
    /// </param>
    /// <param name="device">Where to.</param>
    public static RowTensors Of(ScoreRow row, bool countsFromMask, Device device)
    {
        var (rows, time) = (row.Ids.Count, row.Ids[0].Length);
        var real = row.Real is null ? null : tensor([.. row.Real.SelectMany(list => list)], [rows, time], device: device);
        var positions = row.Positions is { } given ? Matrix(given, device)
            : real is null || countsFromMask ? null
            : arange(time, dtype: ScalarType.Int64, device: device).unsqueeze(0).expand(rows, time);
        return new RowTensors(Matrix(row.Ids, device), real, positions);
    }

    /// <summary>[B, T] Int64.</summary>
    public static Tensor Matrix(IReadOnlyList<int[]> lists, Device device) =>
        tensor([.. lists.SelectMany(list => list.Select(value => (long)value))], [lists.Count, lists[0].Length], device: device);
}
