using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Labeling.Resolution;

/// <summary>Preference rows in OpenAI's format for preference fine-tuning. It has no place for ids, labels and votes: they go into a side file, by the hash of the line.</summary>
public static class OpenAiRows
{
    private const double Even = 0.5;

    /// <summary>One row; null for an even one, which the format cannot say.</summary>
    /// <param name="row">A row of <see cref="PreferenceRows"/>.</param>
    public static JsonObject? Of(JsonObject row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row["label"]!.GetValue<double>() == Even ? null : new JsonObject
        {
            ["input"] = new JsonObject { ["messages"] = Messages(row["prompt"]!, Message.User), ["tools"] = new JsonArray(), ["parallel_tool_calls"] = true },
            ["preferred_output"] = Messages(row["chosen"]!, Message.Assistant),
            ["non_preferred_output"] = Messages(row["rejected"]!, Message.Assistant),
        };
    }

    /// <summary>What the row cannot say, for the side file.</summary>
    /// <param name="line">The row as it stands in its file, without the line's end.</param>
    /// <param name="row">The row of <see cref="PreferenceRows"/> that it was made of.</param>
    public static JsonObject Side(string line, JsonObject row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new JsonObject
        {
            ["line_sha256"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line))),
            ["id"] = row["id"]?.DeepClone(),
            ["label"] = row["label"]?.DeepClone(),
            ["meta"] = row["meta"]?.DeepClone(),
        };
    }

    private static JsonArray Messages(JsonNode content, string role) => content is JsonArray list
        ? (JsonArray)list.DeepClone()
        : [new JsonObject { ["role"] = role, ["content"] = content.DeepClone() }];
}
