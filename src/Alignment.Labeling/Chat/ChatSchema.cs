using System.Text.Json.Nodes;

namespace Alignment.Labeling.Chat;

/// <summary>A JSON Schema that an answer is to fit.</summary>
/// <param name="Name">Letters, digits and underscores.</param>
/// <param name="Schema">The schema, not to be changed.</param>
public sealed record ChatSchema(string Name, JsonObject Schema);
