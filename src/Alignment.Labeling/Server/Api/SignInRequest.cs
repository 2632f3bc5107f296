namespace Alignment.Labeling.Server.Api;

/// <summary>Signing in.</summary>
internal sealed record SignInRequest(string? Annotator = null, string? Token = null);
