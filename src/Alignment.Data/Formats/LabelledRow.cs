using System.Text.Json.Nodes;

namespace Alignment.Data.Formats;

/// <summary>One row of a classifier's data, its label as it stands in the file.</summary>
/// <param name="Id">Where the row stands.</param>
/// <param name="Text">The text.</param>
/// <param name="Pair">A second text that belongs to it; null where there is none.</param>
/// <param name="Labels">Names or numbers: one, or the items of a list.</param>
public sealed record LabelledRow(string Id, string Text, string? Pair, IReadOnlyList<JsonValue> Labels)
{
    /// <summary>Whether every label is a name.</summary>
    public bool HasNames => Labels.All(label => label.TryGetValue<string>(out _));
}
