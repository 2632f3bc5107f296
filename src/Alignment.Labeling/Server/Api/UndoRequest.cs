namespace Alignment.Labeling.Server.Api;

/// <summary>Takes a vote back.</summary>
internal sealed record UndoRequest(string Vote);
