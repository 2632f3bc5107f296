using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Judging;

/// <summary>Lets a judge vote on a project's tasks, several at a time. Whatever ends it, the votes that were made and the answers that came are kept.</summary>
/// <param name="store">Takes the votes.</param>
/// <param name="endpoint">Answers.</param>
/// <param name="journal">Keeps the answers; of the same settings.</param>
/// <param name="settings">The judge's.</param>
/// <param name="clock">The time; the system's when null.</param>
/// <param name="onProgress">Told after each task, one at a time.</param>
public sealed class JudgeRun(ILabelStore store, IChatEndpoint endpoint, JudgeJournal journal, JudgeSettings settings, TimeProvider? clock = null, Action<JudgeProgress>? onProgress = null)
{
    /// <summary>Tasks that fail one after the other before the server counts as gone.</summary>
    public const int MostFailures = 5;

    private const int LongestComment = 2000;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly JudgeTally _tally = new();
    private readonly ConcurrentQueue<Vote> _votes = [];
    private readonly ConcurrentQueue<JudgeProblem> _problems = [];
    private readonly Lock _gate = new();
    private JudgeStop _stop;
    private string? _message;
    private int _failures;
    private int _done;

    /// <summary>The tasks that the judge has not voted on.</summary>
    /// <param name="most">The most tasks; null is all.</param>
    /// <param name="cancellation">Stops the waiting.</param>
    public async Task<JudgePlan> PlanAsync(int? most = null, CancellationToken cancellation = default)
    {
        var votes = await store.VotesAsync(cancellation).ConfigureAwait(false);
        return JudgePlan.Of(
            await store.TasksAsync(cancellation).ConfigureAwait(false),
            votes.Where(vote => !vote.Adjudication && vote.Annotator == settings.Name).Select(vote => vote.Task).ToHashSet(StringComparer.Ordinal), settings, most);
    }

    /// <summary>Judges.</summary>
    /// <param name="plan">What.</param>
    /// <param name="concurrency">Requests at a time.</param>
    /// <param name="cancellation">Nothing new is sent once it is set; what was sent gets half a minute.</param>
    /// <exception cref="IOException">The store or the journal cannot be written.</exception>
    public async Task<JudgeOutcome> RunAsync(JudgePlan plan, int concurrency, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrency, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var abort = new CancellationTokenSource();
        await using var patience = cancellation.Register(() => abort.CancelAfter(Grace)).ConfigureAwait(false);
        await Parallel.ForEachAsync(plan.Tasks, new ParallelOptions { MaxDegreeOfParallelism = concurrency }, async (task, _) =>
        {
            if (!stop.IsCancellationRequested)
            {
                await JudgeAsync(task, plan.Tasks.Count, stop, abort.Token).ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        if (_stop == JudgeStop.Done && cancellation.IsCancellationRequested && _done < plan.Tasks.Count)
        {
            (_stop, _message) = (JudgeStop.Cancelled, "stopped");
        }

        return new JudgeOutcome
        {
            Stop = _stop,
            Message = _message,
            Tasks = plan.Tasks.Count,
            Before = plan.Before,
            Votes = [.. _votes],
            Problems = [.. _problems.OrderBy(problem => problem.Task, StringComparer.Ordinal)],
            Asked = _tally.Asked.Value,
            Known = _tally.Known.Value,
            Repairs = _tally.Repairs.Value,
            Unparsable = _tally.Unparsable.Value,
            Usage = journal.Taken,
            Spent = journal.Spent,
        };
    }

    private async Task JudgeAsync(LabelTask task, int tasks, CancellationTokenSource stop, CancellationToken abort)
    {
        try
        {
            var judge = new PairJudge(endpoint, journal, settings, _clock, _tally);
            List<PairVerdict> pairs = [];
            List<JudgeReply> used = [];
            foreach (var (low, high) in JudgePlan.Pairs(task.Candidates.Count))
            {
                if (await judge.JudgeAsync(task, low, high, used, stop.Token, abort).ConfigureAwait(false) is { } pair)
                {
                    pairs.Add(pair);
                }
                else
                {
                    Fail(task, isUnparsable: true, $"answers {low + 1} and {high + 1}: no verdict in what came back, also after asking again");
                    break;
                }
            }

            Volatile.Write(ref _failures, 0); // answers came
            if (pairs.Count * 2 == task.Candidates.Count * (task.Candidates.Count - 1))
            {
                await SaveAsync(VoteOf(task, pairs, used)).ConfigureAwait(false);
            }
        }
        catch (ChatException e) when (e.Failure == ChatFailure.Refused)
        {
            await StopAsync(stop, JudgeStop.Refused, e.Message).ConfigureAwait(false);
            return;
        }
        catch (ChatException e)
        {
            Fail(task, isUnparsable: false, e.Message);
            if (e.Failure != ChatFailure.Rejected && Interlocked.Increment(ref _failures) >= MostFailures)
            {
                await StopAsync(stop, JudgeStop.Unavailable, $"{MostFailures} tasks in a row got no answer; the last: {e.Message}").ConfigureAwait(false);
            }
        }
        catch (BudgetExhaustedException e)
        {
            await StopAsync(stop, JudgeStop.Budget, e.Message).ConfigureAwait(false);
            return;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }

        lock (_gate)
        {
            _done++;
            onProgress?.Invoke(new JudgeProgress(_done, tasks, _tally.Asked.Value, journal.Spent));
        }
    }

    private async Task SaveAsync(Vote vote)
    {
        var receipt = (await store.AddVotesAsync([vote], CancellationToken.None).ConfigureAwait(false))[0];
        if (receipt.IsStored)
        {
            _votes.Enqueue(vote);
        }
        else
        {
            _problems.Enqueue(new JudgeProblem(vote.Task, Unparsable: false, $"the vote was not taken: {receipt.Reason}"));
        }
    }

    // Made of the journal alone, so that it is the same vote whenever it is made.
    private Vote VoteOf(LabelTask task, IReadOnlyList<PairVerdict> pairs, IReadOnlyList<JudgeReply> used)
    {
        var verdict = Consensus.OfPairs(pairs, task.Candidates.Count);
        return new Vote
        {
            Id = "j-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{settings.Name.Length}/{settings.Name}/{task.Id}")))[..32],
            Task = task.Id,
            Annotator = settings.Name,
            Choice = verdict.Choice,
            Ranking = Consensus.Ranking(pairs, task.Candidates.Count),
            Strength = verdict.Strength,
            Comment = string.IsNullOrWhiteSpace(verdict.Reason) ? null : Excerpt.Of(verdict.Reason, LongestComment),
            At = used.Max(reply => reply.At),
            Origin = Vote.JudgeOrigin,
            Orders = Consensus.Check(pairs),
        };
    }

    private void Fail(LabelTask task, bool isUnparsable, string reason) => _problems.Enqueue(new JudgeProblem(task.Id, isUnparsable, reason));

    private async Task StopAsync(CancellationTokenSource stop, JudgeStop why, string message)
    {
        lock (_gate)
        {
            if (_stop == JudgeStop.Done)
            {
                (_stop, _message) = (why, message);
            }
        }

        await stop.CancelAsync().ConfigureAwait(false);
    }
}
