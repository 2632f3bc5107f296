using System.Text.Json.Nodes;

namespace Alignment.Data.Rows;

/// <summary>A prompt as ids, ready to be continued.</summary>
/// <param name="RowId">The row it was made of.</param>
/// <param name="Prompt">Prompt ids, the generation prompt of a chat template included.</param>
/// <param name="Columns">Every column of the row, for rewards that need the reference answer or the task.</param>
public sealed record PromptExample(string RowId, int[] Prompt, JsonObject Columns)
{
    /// <summary>The prompt as text, without template tokens; of messages one line each, <c>role: content</c>. Function rewards are given it.</summary>
    public string Text { get; init; } = "";
}
