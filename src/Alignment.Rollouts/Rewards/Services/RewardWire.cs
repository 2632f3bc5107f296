using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Rollouts.Rewards.Services;

/// <summary>What services are sent and what they answer.</summary>
internal static class RewardWire
{
    private const string Scores = "scores";
    private const int Shown = 200;

    /// <summary><c>{"prompts": […], "responses": […], "columns": […]}</c> in one line.</summary>
    public static string Request(IReadOnlyList<RewardItem> items) => new JsonObject
    {
        ["prompts"] = new JsonArray([.. items.Select(item => (JsonNode)item.Prompt)]),
        ["responses"] = new JsonArray([.. items.Select(item => (JsonNode)item.Response)]),
        ["columns"] = new JsonArray([.. items.Select(item => item.Columns.DeepClone())]),
    }.ToJsonString();

    /// <summary>The scores of <c>{"scores": […]}</c>.</summary>
    /// <param name="answer">What came back.</param>
    /// <param name="count">How many are expected.</param>
    /// <exception cref="RewardServiceException">It is something else; another try may help.</exception>
    public static double[] Answer(string answer, int count)
    {
        JsonNode? node;
        try
        {
            node = JsonNode.Parse(answer);
        }
        catch (JsonException)
        {
            throw new RewardServiceException($"the answer is no JSON: {Clean(answer)}");
        }

        if ((node as JsonObject)?[Scores] is not JsonArray list)
        {
            throw new RewardServiceException($"the answer has no list '{Scores}': {Clean(answer)}");
        }

        if (list.Count != count)
        {
            throw new RewardServiceException($"the answer has {list.Count} scores for {count} responses");
        }

        return [.. list.Select((item, i) => item?.GetValueKind() == JsonValueKind.Number && item.AsValue().TryGetValue<double>(out var score) && float.IsFinite((float)score)
            ? score
            : throw new RewardServiceException($"score {i + 1} is {Clean(item?.ToJsonString() ?? "null")}, not a finite number"))];
    }

    /// <summary>A text for a message: its beginning, without control characters.</summary>
    public static string Clean(string text)
    {
        var shown = text.Length <= Shown ? text : text[..Shown] + "…";
        return string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c)).Trim() is { Length: > 0 } clean ? $"'{clean}'" : "nothing";
    }
}
