using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Rows;
using static TorchSharp.torch;

namespace Alignment.Evaluation.Scoring;

/// <summary>A row as tensors, in the caller's dispose scope.</summary>
/// <param name="Ids">[B, T] Int64.</param>
/// <param name="Real">[B, T] Bool, on the CPU; null = all tokens are real.</param>
/// <param name="Positions">[B, T] Int64, on the CPU, where the model checks them; null = the model's own way to count.</param>
/// <param name="Segments">[B, T] Int64; null = 0.</param>
internal sealed record RowTensors(Tensor Ids, Tensor? Real, Tensor? Positions, Tensor? Segments)
{
    private const string CountsFromMask = "opt";

    /// <summary>Copies a row to a device.</summary>
    /// <param name="row">The row.</param>
    /// <param name="config">The model's: OPT counts positions from the mask when none are given; others, in transformers' forward, count every place, padding included.</param>
    /// <param name="device">Where to.</param>
    public static RowTensors Of(ScoreRow row, ModelConfig config, Device device)
    {
        var (rows, time) = (row.Ids.Count, row.Ids[0].Length);
        var real = row.Real is null ? null : tensor([.. row.Real.SelectMany(list => list)], [rows, time]);
        var positions = row.Positions is { } given ? Matrix(given, CPU)
            : real is null || config.ModelType == CountsFromMask ? null
            : arange(time, dtype: ScalarType.Int64).unsqueeze(0).expand(rows, time);
        return new RowTensors(Matrix(row.Ids, device), real, positions, row.TypeIds is { } types ? Matrix(types, device) : null);
    }

    /// <summary>[B, T] Int64.</summary>
    public static Tensor Matrix(IReadOnlyList<int[]> lists, Device device) =>
        tensor([.. lists.SelectMany(list => list.Select(value => (long)value))], [lists.Count, lists[0].Length]).SentTo(device);
}
