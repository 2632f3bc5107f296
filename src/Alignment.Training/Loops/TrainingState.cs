using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Training.Metrics;

namespace Alignment.Training.Loops;

/// <summary>The loop's small state in a checkpoint; the data cursor and the schedule are functions of <see cref="Step"/>.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="EvaluationPending">The step's evaluation was cut off and has to be made first.</param>
/// <param name="Metrics">Means since the last log line, and counters.</param>
/// <param name="Best">The best checkpoint so far.</param>
/// <param name="LastEvaluation">The last evaluation's numbers, for the result of a run resumed at its end.</param>
internal sealed record TrainingState(
    long Step, bool EvaluationPending, MetricMeans.State Metrics, BestCheckpoint? Best, IReadOnlyDictionary<string, double?> LastEvaluation)
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, Format)!;

    public static TrainingState FromJson(JsonObject json) =>
        json.Deserialize<TrainingState>(Format) ?? throw new InvalidDataException("the checkpoint's state is null");
}
