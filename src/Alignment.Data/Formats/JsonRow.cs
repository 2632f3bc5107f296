using System.Text.Json.Nodes;

namespace Alignment.Data.Formats;

/// <summary>One JSON object of a file.</summary>
/// <param name="Id">Where it stands, <c>file:line</c>; for further items of a JSON array on the same line <c>file:line#item</c>.</param>
/// <param name="Columns">The object.</param>
public sealed record JsonRow(string Id, JsonObject Columns);
