using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Alignment.Labeling.Server.Security;
using Alignment.Labeling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alignment.Labeling.Server.Api;

/// <summary>What annotators do: take tasks, vote, undo.</summary>
internal sealed class LabelEndpoints(ILabelStore store, VoteIntake intake, Access access, TimeProvider clock)
{
    private const int MostTasks = 50;
    private readonly ConcurrentDictionary<string, long> _lastWrites = new(StringComparer.Ordinal);
    private readonly Cached<LabelProgress> _progress = new(TimeSpan.FromSeconds(1), () => store.ProgressAsync());

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/next", (RequestDelegate)NextAsync);
        routes.MapGet("/api/progress", (RequestDelegate)(async context => await ApiJson.WriteAsync(context, await ProgressAsync(access.Session(context), isExact: true, context.RequestAborted))));
        routes.MapPost("/api/votes", (RequestDelegate)VoteAsync);
        routes.MapPost("/api/undo", (RequestDelegate)UndoAsync);
    }

    private async Task NextAsync(HttpContext context)
    {
        var session = access.Session(context);
        var wanted = context.Request.Query["count"].ToString();
        var count = 1;
        if (wanted.Length > 0 && !(int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count is >= 1 and <= MostTasks))
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"count must be from 1 to {MostTasks}");
        }

        var given = await store.AssignAsync(session.Annotator, count, context.RequestAborted);
        var progress = await ProgressAsync(session, isExact: false, context.RequestAborted);
        await ApiJson.WriteAsync(context, new NextAnswer([.. given.Select(one => TaskViews.Of(one, clock.GetUtcNow()))], progress));
    }

    private async Task VoteAsync(HttpContext context)
    {
        var session = access.Writer(context);
        var request = await ApiJson.ReadAsync<VotesRequest>(context);
        var receipts = await SaveAsync(request, session, adjudication: false, context.RequestAborted);
        _lastWrites[session.Annotator] = Stopwatch.GetTimestamp();
        await ApiJson.WriteAsync(context, new ReceiptsAnswer(receipts));
    }

    /// <summary>Saves the votes of a request.</summary>
    /// <exception cref="ApiException">There are too many.</exception>
    public Task<IReadOnlyList<Receipt>> SaveAsync(VotesRequest request, Session session, bool adjudication, CancellationToken cancellation) =>
        request.Votes.Count <= VotesRequest.Most && request.Votes.All(vote => vote is not null)
            ? intake.SaveAsync(request.Votes, session.Annotator, adjudication, cancellation)
            : throw new ApiException(StatusCodes.Status400BadRequest, $"votes must be a list of at most {VotesRequest.Most}");

    private async Task UndoAsync(HttpContext context)
    {
        var session = access.Writer(context);
        var request = await ApiJson.ReadAsync<UndoRequest>(context);
        var vote = (await store.VotesAsync(context.RequestAborted)).LastOrDefault(vote => vote.Id == request.Vote && vote.Annotator == session.Annotator);
        var receipt = await store.UndoAsync(session.Annotator, request.Vote, context.RequestAborted);
        _lastWrites[session.Annotator] = Stopwatch.GetTimestamp();
        var task = vote is null ? null : await store.FindTaskAsync(vote.Task, context.RequestAborted);
        await ApiJson.WriteAsync(context, new UndoAnswer(request.Vote, receipt.Status, receipt.Reason, task is null ? null : TaskViews.Of(store.Project, task, session.Annotator)));
    }

    // Counting goes over all tasks for all annotators. Who asks for the progress gets the own votes counted; with the next tasks it may be a little old.
    private async Task<OwnProgress> ProgressAsync(Session session, bool isExact, CancellationToken cancellation)
    {
        var notBefore = isExact ? _lastWrites.GetValueOrDefault(session.Annotator) : 0;
        var all = await _progress.GetAsync(cancellation, progress => progress.Annotators.Any(one => one.Annotator == session.Annotator), notBefore);
        var own = all.Annotators.FirstOrDefault(one => one.Annotator == session.Annotator);
        return new(all.Tasks, all.Done, own?.Votes ?? 0, own?.Skips ?? 0, own?.Open ?? 0);
    }
}
