namespace Alignment.Labeling.Server.Api;

/// <summary>A vote as an adjudicator sees it: places are those at which the answers are shown to them.</summary>
internal sealed record ShownVote(string Annotator, string Choice, IReadOnlyList<int>? Ranking, int? Strength, string? Comment, double? Seconds);
