namespace Alignment.Labeling.Server.Api;

/// <summary>One turn of a prompt.</summary>
internal sealed record ShownMessage(string Role, string Html, string Text);
