namespace Alignment.Labeling.Server.Api;

/// <summary>A prompt: one text, and its turns where it is a conversation.</summary>
internal sealed record ShownPrompt(string Html, string Text, IReadOnlyList<ShownMessage>? Messages);
