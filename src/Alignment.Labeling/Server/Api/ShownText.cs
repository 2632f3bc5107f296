namespace Alignment.Labeling.Server.Api;

/// <summary>A text and its safe rendering.</summary>
internal sealed record ShownText(string Html, string Text);
