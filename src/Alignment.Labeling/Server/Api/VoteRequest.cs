using System.Text.Json;

namespace Alignment.Labeling.Server.Api;

/// <summary>A vote as the page sends it.</summary>
/// <param name="Id">Made by the page; sent again with the same id it is saved once.</param>
/// <param name="Task">The task.</param>
/// <param name="Choice">The place of the best answer as shown, from 0; or <c>tie</c>, <c>both_bad</c>, <c>skip</c>.</param>
/// <param name="Ranking">All places, the best first; null where only the best was named.</param>
/// <param name="Strength">How much better, 1 to 3.</param>
/// <param name="Comment">What the annotator wrote.</param>
/// <param name="Seconds">The time that the task was looked at.</param>
/// <param name="Shown">The order in which the answers were shown, as the server gave it.</param>
/// <param name="At">When the vote was given, where it could not be sent at once.</param>
internal sealed record VoteRequest(
    string Id, string Task, JsonElement Choice, IReadOnlyList<int>? Ranking = null, int? Strength = null, string? Comment = null, double? Seconds = null,
    IReadOnlyList<int>? Shown = null, DateTimeOffset? At = null);
