using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Training.Loops;
using Alignment.Training.Metrics;

namespace Alignment.Rollouts;

/// <summary>
/// The loop's part of a checkpoint. Prompts, chances, mini-batches and learning rates need none: they are functions of the seed and the step.
/// </summary>
/// <param name="Step">Steps done, which is the cursor into prompts and seeds too.</param>
/// <param name="EvaluationPending">Whether the evaluation of that step is still to be made.</param>
/// <param name="Metrics">Means since the last line, and counters.</param>
/// <param name="Best">The best checkpoint so far.</param>
/// <param name="LastEvaluation">The last evaluation's numbers.</param>
internal sealed record RolloutState(
    long Step,
    bool EvaluationPending,
    MetricMeans.State Metrics,
    BestCheckpoint? Best,
    IReadOnlyDictionary<string, double?> LastEvaluation)
{
    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, Format)!;

    public static RolloutState FromJson(JsonObject json) =>
        json.Deserialize<RolloutState>(Format) ?? throw new InvalidDataException("the checkpoint's state is null");
}
