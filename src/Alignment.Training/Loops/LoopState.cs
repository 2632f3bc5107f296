using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Training.Metrics;

namespace Alignment.Training.Loops;

/// <summary>A loop's small state in a checkpoint; rows, prompts, chances and learning rates are functions of the seed and <see cref="Step"/>.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="EvaluationPending">The step's evaluation was cut off and has to be made first.</param>
/// <param name="Metrics">Means since the last log line, and counters.</param>
/// <param name="Best">The best checkpoint so far.</param>
/// <param name="LastEvaluation">The last evaluation's numbers, for the result of a run resumed at its end.</param>
internal sealed record LoopState(
    long Step, bool EvaluationPending, MetricMeans.State Metrics, BestCheckpoint? Best, IReadOnlyDictionary<string, double?> LastEvaluation)
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, Format)!;

    public static LoopState FromJson(JsonObject json) =>
        json.Deserialize<LoopState>(Format) ?? throw new InvalidDataException("the checkpoint's state is null");
}
