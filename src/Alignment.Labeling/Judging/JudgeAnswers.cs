using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Judging;

/// <summary>Reads verdicts. Nothing is searched for: the answer is the object, or it is no verdict. A fence around it and a block of thoughts before it are taken off.</summary>
internal static class JudgeAnswers
{
    private const string ThoughtsBegin = "<think>";
    private const string ThoughtsEnd = "</think>";
    private const string Fence = "```";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>The form of an answer, for servers that hold the model to it.</summary>
    public static ChatSchema Schema(JudgeSettings settings)
    {
        string[] verdicts = ["A", "B", .. settings.Tie ? ["tie"] : Array.Empty<string>(), .. settings.BothBad ? ["both_bad"] : Array.Empty<string>()];
        return new ChatSchema("verdict", new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["reason"] = new JsonObject { ["type"] = "string" },
                ["verdict"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. verdicts.Select(verdict => (JsonNode)verdict)]) },
                ["strength"] = new JsonObject { ["type"] = "integer", ["enum"] = new JsonArray(1, 2, 3) },
            },
            ["required"] = new JsonArray("reason", "verdict", "strength"),
            ["additionalProperties"] = false,
        });
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="text">What the model wrote.</param>
    /// <param name="question">What it was asked.</param>
    /// <param name="settings">Which verdicts it may give.</param>
    /// <param name="problem">What is wrong with it; null when nothing is.</param>
    /// <returns>Null when it is no verdict.</returns>
    public static JudgeAnswer? Read(string text, JudgeQuestion question, JudgeSettings settings, out string? problem)
    {
        JudgeAnswer? answer = null;
        problem = null;
        try
        {
            using var document = JsonDocument.Parse(Bare(text), Strict);
            problem = Read(document.RootElement, question, settings, out answer);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair.
            problem = "it is not one JSON object";
        }

        return answer;
    }

    private static string? Read(JsonElement root, JudgeQuestion question, JudgeSettings settings, out JudgeAnswer? answer)
    {
        answer = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            return "it is not one JSON object";
        }

        string? name = null;
        string reason = "";
        int? strength = null;
        foreach (var property in root.EnumerateObject())
        {
            switch (property.Name)
            {
                case "verdict" when property.Value.ValueKind == JsonValueKind.String:
                    name = property.Value.GetString();
                    break;
                case "reason" when property.Value.ValueKind == JsonValueKind.String:
                    reason = property.Value.GetString()!;
                    break;
                case "strength" when property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out var number) && number is >= 1 and <= Vote.MostStrength:
                    strength = number;
                    break;
                case "strength" when property.Value.ValueKind == JsonValueKind.Null:
                    break;
                case "verdict" or "reason" or "strength":
                    return $"\"{property.Name}\" has no allowed value";
                default:
                    return "it has keys other than reason, verdict and strength";
            }
        }

        Verdict? choice = name switch
        {
            "A" => Verdict.Of(question.First),
            "B" => Verdict.Of(question.Second),
            "tie" when settings.Tie => Verdict.Tie,
            "both_bad" when settings.BothBad => Verdict.BothBad,
            _ => null,
        };
        if (choice is not { } verdict)
        {
            return name is null ? "it has no \"verdict\"" : "\"verdict\" has no allowed value";
        }

        answer = new JudgeAnswer(verdict, verdict.Kind == VerdictKind.Choice ? strength : null, reason);
        return null;
    }

    private static string Bare(string text)
    {
        var bare = text.Trim();
        if (bare.StartsWith(ThoughtsBegin, StringComparison.Ordinal) && bare.IndexOf(ThoughtsEnd, StringComparison.Ordinal) is >= 0 and var end)
        {
            bare = bare[(end + ThoughtsEnd.Length)..].TrimStart();
        }

        if (bare.StartsWith(Fence, StringComparison.Ordinal) && bare.EndsWith(Fence, StringComparison.Ordinal) && bare.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var line && line < bare.Length - Fence.Length)
        {
            bare = bare[line..^Fence.Length];
        }

        return bare;
    }
}
