using Alignment.Labeling.Agreement;
using Alignment.Labeling.Reports;
using Alignment.Labeling.Resolution;
using Alignment.Labeling.Server.Security;
using Alignment.Labeling.Store;
using Alignment.Labeling.Votes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alignment.Labeling.Server.Api;

/// <summary>What admins do: settle split tasks, watch progress and agreement.</summary>
internal sealed class AdminEndpoints
{
    private const int Resamples = 200; // enough for an interval on a screen; the command's report draws more
    private const int TasksAtOnce = 3;
    private readonly ILabelStore _store;
    private readonly LabelEndpoints _labels;
    private readonly Access _access;
    private readonly Cached<AdminReport> _report;

    public AdminEndpoints(ILabelStore store, LabelEndpoints labels, Access access, TimeProvider clock)
    {
        (_store, _labels, _access) = (store, labels, access);
        _report = new(TimeSpan.FromSeconds(1), () => Task.Run(async () =>
        {
            var report = AgreementReports.Of(store.Project.Name, await VotedAsync().ConfigureAwait(false), new Resampling(store.Project.Seed, Resamples));
            return new AdminReport(await store.ProgressAsync().ConfigureAwait(false), report, clock.GetUtcNow());
        }));
    }

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/admin/report", (RequestDelegate)ReportAsync);
        routes.MapGet("/api/adjudication/next", (RequestDelegate)NextAsync);
        routes.MapPost("/api/adjudication/votes", (RequestDelegate)VoteAsync);
    }

    private async Task ReportAsync(HttpContext context)
    {
        _access.Admin(_access.Session(context));
        await ApiJson.WriteAsync(context, await _report.GetAsync(context.RequestAborted));
    }

    private async Task NextAsync(HttpContext context)
    {
        var session = _access.Session(context);
        _access.Admin(session);
        var tasks = await VotedAsync();
        var skipped = (await _store.VotesAsync(context.RequestAborted)).Where(vote => vote.Adjudication && vote.Annotator == session.Annotator).Select(vote => vote.Task).ToHashSet(StringComparer.Ordinal);
        var split = Resolver.Resolve(tasks, new ResolutionOptions { MinVotes = 2 })
            .Where(task => task.Outcome == TaskOutcome.Split && task.Task.Task.Gold is null && task.Task.Decided.Count() >= task.Task.Task.Overlap && !skipped.Contains(task.Task.Task.Id))
            .Select(task => task.Task)
            .ToList();
        var settled = tasks.Count(task => task.Settled is { Choice.Kind: not VerdictKind.Skip });
        await ApiJson.WriteAsync(context, new AdjudicationAnswer([.. split.Take(TasksAtOnce).Select(task => TaskViews.Of(_store.Project, task, session.Annotator))], split.Count, settled));
    }

    private async Task VoteAsync(HttpContext context)
    {
        var session = _access.Writer(context);
        _access.Admin(session);
        var request = await ApiJson.ReadAsync<VotesRequest>(context);
        await ApiJson.WriteAsync(context, new ReceiptsAnswer(await _labels.SaveAsync(request, session, adjudication: true, context.RequestAborted)));
    }

    private async Task<IReadOnlyList<VotedTask>> VotedAsync() => VotedTask.Join(await _store.TasksAsync().ConfigureAwait(false), await _store.VotesAsync().ConfigureAwait(false));
}
