using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Labeling.Chat;

/// <summary>Requests and answers as OpenAI's chat completions write them.</summary>
internal static class ChatWire
{
    private const int MostTokens = 1_000_000_000; // beyond it a server's count is nonsense
    private const int LongestError = 500;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of a request.</summary>
    public static byte[] Body(ChatRequest request, string model, WireFeatures features)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray([.. request.Messages.Select(message => (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]),
            [features.HasFlag(WireFeatures.MaxTokens) ? "max_tokens" : "max_completion_tokens"] = request.MaxTokens,
            ["temperature"] = request.Temperature,
        };
        if (request.TopP < 1)
        {
            body["top_p"] = request.TopP;
        }

        if (request.Seed is { } seed && features.HasFlag(WireFeatures.Seed))
        {
            body["seed"] = seed;
        }

        if (request.Schema is { } schema && features.HasFlag(WireFeatures.Schema))
        {
            body["response_format"] = new JsonObject
            {
                ["type"] = "json_schema",
                ["json_schema"] = new JsonObject { ["name"] = schema.Name, ["strict"] = true, ["schema"] = schema.Schema.DeepClone() },
            };
        }

        return JsonSerializer.SerializeToUtf8Bytes(body, Json);
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static ChatReply Reply(byte[] body, ChatRequest request)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array || choices.GetArrayLength() == 0)
            {
                throw new FormatException("the answer has no choices");
            }

            if (choices[0].ValueKind != JsonValueKind.Object || !choices[0].TryGetProperty("message", out var message) || message.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("the answer's first choice has no message");
            }

            var text = Text(message, "content") ?? Text(message, "refusal") ?? "";
            var finish = Text(choices[0], "finish_reason") switch
            {
                "stop" => ChatFinish.Stop,
                "length" => ChatFinish.Length,
                "content_filter" => ChatFinish.Filtered,
                _ => ChatFinish.Other,
            };
            return new ChatReply(text, finish, Usage(root) ?? TokenEstimate.Of(request, text));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
            throw new FormatException("the answer is no whole JSON", e);
        }
    }

    /// <summary>What an error's body says, on one line and without control characters; the body as it stands where it has no known form.</summary>
    public static string Error(string body)
    {
        var text = body;
        try
        {
            var node = JsonNode.Parse(body);
            text = node?["error"] switch
            {
                JsonObject error => $"{error["message"]}{(error["code"] is { } code ? $" ({code})" : "")}",
                { } error => error.ToString(),
                null => (node?["message"] ?? node?["detail"] ?? node)?.ToString() ?? "",
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // Then it is text; ArgumentException: a key that is there twice.
        }

        text = string.Join(' ', string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return text.Length > LongestError ? text[..LongestError] + "…" : text;
    }

    private static TokenUsage? Usage(JsonElement root) =>
        root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object && Count(usage, "prompt_tokens") is { } prompt && Count(usage, "completion_tokens") is { } completion
            ? new(prompt, completion)
            : null;

    private static long? Count(JsonElement usage, string key) =>
        usage.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var count) && count is >= 0 and <= MostTokens ? count : null;

    private static string? Text(JsonElement element, string key) => element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
