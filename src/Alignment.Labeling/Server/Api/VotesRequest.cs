namespace Alignment.Labeling.Server.Api;

/// <summary>Votes to be saved.</summary>
internal sealed record VotesRequest(IReadOnlyList<VoteRequest> Votes)
{
    /// <summary>The most of them in one request.</summary>
    public const int Most = 100;
}
