using System.Text.Json.Nodes;

namespace Alignment.Labeling.Tests.Chat;

/// <summary>A request that a scripted server got.</summary>
internal sealed record SeenRequest(int Number, string Path, IReadOnlyDictionary<string, string> Headers, JsonNode Body)
{
    public string LastMessage => Body["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>();
}
