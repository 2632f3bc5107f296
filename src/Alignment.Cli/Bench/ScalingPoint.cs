using System.Text.Json.Nodes;
using Alignment.Core.Models;

namespace Alignment.Cli.Bench;

/// <summary>A step that is measured in a process of its own.</summary>
/// <param name="Series">What it is one of.</param>
/// <param name="Rows">Rows of SFT, pairs of DPO.</param>
/// <param name="Length">T: tokens of a row.</param>
/// <param name="Prompt">Of which are the prompt's; 0 in SFT.</param>
/// <param name="Vocabulary">V.</param>
internal sealed record ScalingPoint(ScalingSeries Series, int Rows, int Length, int Prompt, int Vocabulary)
{
    /// <summary>Bytes of a trained number: itself, its gradient and AdamW's two moments, in float32.</summary>
    private const long BytesOfANumber = 16;

    /// <summary>What was measured: the fields of <c>alignment bench --json</c>.</summary>
    public JsonObject Result { get; init; } = [];

    /// <summary>Whether the step is DPO's.</summary>
    public bool IsPair => Series is ScalingSeries.Prompt or ScalingSeries.Completion or ScalingSeries.Vocabulary;

    /// <summary>What grows, as the axis of a picture has it.</summary>
    public int X => Series switch
    {
        ScalingSeries.Vocabulary => Vocabulary,
        ScalingSeries.Prompt => Prompt,
        ScalingSeries.Completion => Length - Prompt,
        _ => Length,
    };

    /// <summary>Tokens whose log-prob is asked.</summary>
    public int Supervised => IsPair ? 2 * Rows * (Length - Prompt) : Rows * Length;

    public double Milliseconds => Number("ms_median");

    public double MicrosecondsPerToken => 1e3 * Milliseconds / Number("tokens");

    public double PeakMegabytes => Number("peak_rss_mb");

    public double EstimatedMegabytes => Number("estimated_mb");

    /// <summary>What weights, gradients and moments leave of the peak.</summary>
    public double MegabytesBesidesState => PeakMegabytes - (BytesOfANumber * Number("trained_parameters") / (1 << 20));

    /// <summary>What one array of float32 logits of every token of every row would take.</summary>
    public double DenseLogitMegabytes => (IsPair ? 2.0 : 1) * Rows * Length * Vocabulary * sizeof(float) / (1 << 20);

    /// <summary>10⁹ operations a second, scores counted as causality leaves them.</summary>
    /// <param name="config">The model.</param>
    public double Rate(ModelConfig config) => 3 * BenchShape.ForwardFlops(config, (long)Rows * Length, Length / 2) / Milliseconds / 1e6;

    private double Number(string field) => Result[field]!.GetValue<double>();
}
