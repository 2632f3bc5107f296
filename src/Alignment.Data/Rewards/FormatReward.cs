using System.Text.Json.Nodes;

namespace Alignment.Data.Rewards;

/// <summary>
/// r = 1 if the response is nothing but the tags, in order, each once with something in it: for think and answer <c>&lt;think&gt;…&lt;/think&gt;&lt;answer&gt;…&lt;/answer&gt;</c>, with white
/// space allowed around each; else 0.
/// </summary>
/// <param name="name">The name under which the score is reported.</param>
/// <param name="tags">Names of the tags, at least one.</param>
public sealed class FormatReward(string name, IReadOnlyList<string> tags) : ITextReward
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public double Score(string prompt, string response, JsonObject columns, string? rowId = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        var at = 0;
        foreach (var tag in tags)
        {
            string open = $"<{tag}>", close = $"</{tag}>";
            var begin = response.IndexOf(open, at, StringComparison.Ordinal);
            var end = begin < 0 ? -1 : response.IndexOf(close, begin + open.Length, StringComparison.Ordinal);
            if (end < 0 || !string.IsNullOrWhiteSpace(response[at..begin]) || !IsContent(response[(begin + open.Length)..end]))
            {
                return 0;
            }

            at = end + close.Length;
        }

        return string.IsNullOrWhiteSpace(response[at..]) ? 1 : 0;
    }

    /// <summary>Something that is not another of the tags.</summary>
    private bool IsContent(string text) => !string.IsNullOrWhiteSpace(text)
        && !tags.Any(tag => text.Contains($"<{tag}>", StringComparison.Ordinal) || text.Contains($"</{tag}>", StringComparison.Ordinal));
}
