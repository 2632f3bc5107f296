using static TorchSharp.torch;

namespace Alignment.Objectives.Catalogue;

/// <summary>What an objective gives for one case.</summary>
public sealed record ObjectiveValues
{
    /// <summary>The loss, a scalar; null for a function that is none.</summary>
    public Tensor? Loss { get; init; }

    /// <summary>[B], the loss of each row; null where there are no rows.</summary>
    public Tensor? Rows { get; init; }

    /// <summary>Other results by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Outputs { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>What a trainer would log, TRL's names.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Rows whose mean is the loss.</summary>
    /// <param name="rows">[B], with gradient.</param>
    public static ObjectiveValues Mean(Tensor rows) => new() { Rows = rows, Loss = rows.mean() };
}
