using System.Text.Json.Nodes;

namespace Alignment.Rollouts.Rewards.Services;

/// <summary>A response to be scored.</summary>
/// <param name="Prompt">The prompt as text, without template tokens.</param>
/// <param name="Response">The response as text, without special tokens.</param>
/// <param name="Columns">Every column of the prompt's row.</param>
/// <param name="RowId">The row, for messages.</param>
public sealed record RewardItem(string Prompt, string Response, JsonObject Columns, string RowId);
