using System.Text.Json;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Server.Api;

/// <summary>Votes from the page into the store.</summary>
internal sealed class VoteIntake(ILabelStore store, TimeProvider clock)
{
    private const string Origin = "page";
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    /// <summary>Saves votes.</summary>
    /// <param name="requests">As the page sent them.</param>
    /// <param name="annotator">Who is signed in.</param>
    /// <param name="adjudication">Whether they settle split tasks.</param>
    /// <param name="cancellation">Stops the waiting, not the writing.</param>
    /// <returns>A receipt for each, after the store has made them durable.</returns>
    public async Task<IReadOnlyList<Receipt>> SaveAsync(IReadOnlyList<VoteRequest> requests, string annotator, bool adjudication, CancellationToken cancellation)
    {
        var receipts = new Receipt?[requests.Count];
        List<(int Place, Vote Vote)> votes = [];
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            if (await store.FindTaskAsync(request.Task, cancellation).ConfigureAwait(false) is not { } task)
            {
                receipts[i] = new(request.Id, VoteStatus.Unknown, "there is no such task");
            }
            else if (Read(request, task, annotator, adjudication) is var (vote, problem) && vote is not null)
            {
                votes.Add((i, vote));
            }
            else
            {
                receipts[i] = new(request.Id, VoteStatus.Invalid, problem);
            }
        }

        var saved = votes.Count == 0 ? [] : await store.AddVotesAsync([.. votes.Select(one => one.Vote)], cancellation).ConfigureAwait(false);
        foreach (var ((place, vote), receipt) in votes.Zip(saved))
        {
            var sentAgain = receipt.Status == VoteStatus.IdTaken && await IsSavedAsync(vote, cancellation).ConfigureAwait(false);
            receipts[place] = sentAgain ? new(vote.Id, VoteStatus.Repeated) : new(vote.Id, receipt.Status, receipt.Reason);
        }

        return receipts!;
    }

    // The page sends a vote again when the answer was lost. Only the time at which it came in differs then.
    private async Task<bool> IsSavedAsync(Vote vote, CancellationToken cancellation) =>
        (await store.VotesAsync(cancellation).ConfigureAwait(false)).LastOrDefault(known => known.Id == vote.Id) is { } known && known with { At = vote.At } == vote;

    private (Vote? Vote, string? Problem) Read(VoteRequest request, LabelTask task, string annotator, bool adjudication)
    {
        var order = TaskViews.Order(store.Project, task, annotator);
        if (request.Shown is { } shown && !shown.SequenceEqual(order))
        {
            return (null, "the answers were not shown in the order that was given out");
        }

        var text = request.Choice.ValueKind == JsonValueKind.String ? request.Choice.GetString() : request.Choice.GetRawText();
        if (!Verdict.TryParse(text, out var verdict) || !verdict.Fits(order.Count))
        {
            return (null, $"the choice must be a place from 0 to {order.Count - 1}, tie, both_bad or skip");
        }

        if (request.Ranking is { } places && places.Any(place => place < 0 || place >= order.Count))
        {
            return (null, $"the ranking must name places from 0 to {order.Count - 1}");
        }

        var now = clock.GetUtcNow();
        return (new Vote
        {
            Id = request.Id,
            Task = task.Id,
            Annotator = annotator,
            Choice = verdict.Kind == VerdictKind.Choice ? Verdict.Of(order[verdict.Choice]) : verdict,
            Ranking = request.Ranking is { } ranking ? [.. ranking.Select(place => order[place])] : null,
            Strength = request.Strength,
            Comment = string.IsNullOrWhiteSpace(request.Comment) ? null : request.Comment,
            Seconds = request.Seconds,
            At = request.At is { } at && at <= now && now - at < LongestWait ? at.ToUniversalTime() : now,
            Shown = order,
            Adjudication = adjudication,
            Origin = Origin,
        }, null);
    }
}
