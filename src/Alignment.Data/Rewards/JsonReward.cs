using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>r = 1 if the response is JSON (RFC 8259), alone or in one fenced code block; with keys it must be an object that has them all. Else 0.</summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="keys">What the object must have; none for any JSON.</param>
public sealed class JsonReward(string name, IReadOnlyList<string> keys) : ITextReward
{
    private const string Fence = "```";

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        try
        {
            using var json = JsonDocument.Parse(Unfenced(response));
            return keys.Count == 0 || (json.RootElement.ValueKind == JsonValueKind.Object && keys.All(key => json.RootElement.TryGetProperty(key, out _))) ? 1 : 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    /// <summary>What a fenced code block holds, with or without the language in its first line; any other text as it is, without white space at its ends.</summary>
    internal static string Unfenced(string text)
    {
        var inner = text.Trim();
        if (!inner.StartsWith(Fence, StringComparison.Ordinal))
        {
            return inner;
        }

        inner = inner[Fence.Length..];
        inner = inner.StartsWith("json", StringComparison.OrdinalIgnoreCase) ? inner[4..] : inner;
        return (inner.EndsWith(Fence, StringComparison.Ordinal) ? inner[..^Fence.Length] : inner).Trim();
    }
}
