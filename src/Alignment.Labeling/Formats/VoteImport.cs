using Alignment.Data;
using Alignment.Data.Rows;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>Takes votes of files into a store. What cannot be taken is reported, never dropped; what was taken before changes nothing.</summary>
/// <param name="store">The project.</param>
/// <param name="options">What to do where a file is silent.</param>
public sealed class VoteImport(ILabelStore store, VoteImportOptions options)
{
    private const int Batch = 500;

    private readonly Dictionary<string, LabelTask> _tasks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabelTask> _byTexts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabelTask> _adopted = new(StringComparer.Ordinal);
    private readonly List<ImportProblem> _problems = [];

    /// <summary>Imports files.</summary>
    /// <param name="files">The files, all in one format.</param>
    /// <param name="format">The format.</param>
    /// <param name="cancellation">Stops between batches; what was saved stays.</param>
    /// <returns>What was done.</returns>
    /// <exception cref="DataFormatException">A file is not in the format.</exception>
    /// <exception cref="IOException">A file cannot be read, or the store cannot be written.</exception>
    public async Task<ImportReport> RunAsync(IReadOnlyList<string> files, ExchangeFormat format, CancellationToken cancellation = default)
    {
        foreach (var task in await store.TasksAsync(cancellation).ConfigureAwait(false))
        {
            _tasks[task.Id] = task;
            _byTexts.TryAdd(Texts(PromptText.Of(task.Prompt), task.Candidates.Select(candidate => candidate.Text)), task);
        }

        var known = (await store.VotesAsync(cancellation).ConfigureAwait(false)).ToDictionary(vote => vote.Id, StringComparer.Ordinal);
        var rows = files.SelectMany(file => Read(file, format)).ToList();
        List<(ImportedVote Row, Vote Vote)> votes = [.. rows.Select(row => (row, Vote: Vote(row, format, known))).Where(one => one.Vote is not null).Select(one => (one.row, one.Vote!))];
        await AdoptAsync(votes, cancellation).ConfigureAwait(false);

        List<Vote> saved = [];
        List<Vote> repeated = [];
        foreach (var batch in votes.Chunk(Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            var receipts = await store.AddVotesAsync([.. batch.Select(one => one.Vote)], CancellationToken.None).ConfigureAwait(false);
            foreach (var ((row, vote), receipt) in batch.Zip(receipts))
            {
                switch (receipt.Status)
                {
                    case VoteStatus.Saved:
                        saved.Add(vote);
                        break;
                    case VoteStatus.Repeated:
                        repeated.Add(vote);
                        break;
                    default:
                        _problems.Add(new(Kind(receipt.Status), row.Where, receipt.Reason ?? receipt.Status.ToString()));
                        break;
                }
            }
        }

        return new(
            rows.Count, saved.Count, repeated.Count, rows.Count(row => row is { Choice: null, Problem: null }), _adopted.Count,
            saved.Count(vote => vote.Choice.Kind == VerdictKind.Choice), saved.Count(vote => vote.Choice.Kind == VerdictKind.Tie),
            saved.Count(vote => vote.Choice.Kind == VerdictKind.BothBad), saved.Count(vote => vote.Choice.Kind == VerdictKind.Skip),
            [.. saved.Concat(repeated).Select(vote => vote.Annotator).Distinct().Order(StringComparer.Ordinal)], _problems);
    }

    private static IEnumerable<ImportedVote> Read(string file, ExchangeFormat format) => format switch
    {
        ExchangeFormat.Csv => CsvVotes.Read(file),
        ExchangeFormat.LabelStudio => LabelStudioVotes.Read(file),
        ExchangeFormat.Argilla => ArgillaVotes.Read(file),
        ExchangeFormat.Openai => OpenAiVotes.Read(file),
        ExchangeFormat.Pandalm => PandaLmVotes.Read(file),
        _ => JsonlVotes.Read(file),
    };

    private static ImportProblemKind Kind(VoteStatus status) => status switch
    {
        VoteStatus.AlreadyVoted => ImportProblemKind.Duplicate,
        VoteStatus.IdTaken => ImportProblemKind.ChangedVote,
        VoteStatus.Unknown => ImportProblemKind.UnknownTask,
        _ => ImportProblemKind.Invalid,
    };

    private static string Texts(string prompt, IEnumerable<string> answers) =>
        string.Join('\0', answers.Select(PromptText.Comparable).Order(StringComparer.Ordinal).Prepend(PromptText.Comparable(prompt)));

    private Vote? Vote(ImportedVote row, ExchangeFormat format, Dictionary<string, Vote> known)
    {
        if (row.Problem is { } problem)
        {
            _problems.Add(problem);
            return null;
        }

        if (row.Choice is not { } choice || Task(row) is not { } task)
        {
            return null;
        }

        if (Order(row, task) is not { } order)
        {
            _problems.Add(new(ImportProblemKind.ChangedText, row.Where, $"the prompt or an answer is not the one of task '{task.Id}'"));
            return null;
        }

        if ((row.Annotator ?? options.Annotator) is not { } annotator)
        {
            _problems.Add(new(ImportProblemKind.Invalid, row.Where, "the file does not say who voted; give --annotator"));
            return null;
        }

        if (row.Lost is { } lost)
        {
            _problems.Add(lost);
        }

        int Counted(int shown) => row.Answers is not null && shown >= 0 && shown < order.Count ? order[shown] : shown;
        var id = row.Id ?? $"{format.ToString().ToLowerInvariant()}/{task.Id}/{annotator}{(row.Adjudication ? "/settled" : "")}";
        id = id.Length <= LabelTask.LongestId ? id : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(id)));
        return new Vote
        {
            Id = id,
            Task = task.Id,
            Annotator = annotator,
            Choice = choice.Kind == VerdictKind.Choice ? Verdict.Of(Counted(choice.Choice)) : choice,
            Ranking = row.Ranking is { } ranking ? [.. ranking.Select(Counted)] : null,
            Strength = row.Strength,
            Comment = row.Comment,
            Seconds = row.Seconds,
            At = row.At ?? known.GetValueOrDefault(id)?.At ?? options.Now, // without a time in the file, importing again must not look like another vote
            Shown = row.Answers is null ? row.Shown : order,
            Adjudication = row.Adjudication || options.Adjudication,
            Origin = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(format.ToString()),
        };
    }

    private LabelTask? Task(ImportedVote row)
    {
        if (row.Task is { } id && (_tasks.GetValueOrDefault(id) ?? _adopted.GetValueOrDefault(id)) is { } named)
        {
            return named;
        }

        if (row is { Prompt: { } prompt, Answers: { } answers })
        {
            var texts = Texts(PromptText.Of(prompt), answers);
            if (row.Task is null && _byTexts.TryGetValue(texts, out var same))
            {
                return same;
            }

            if (options.NewTasks)
            {
                return Adopt(row, prompt, answers, texts);
            }
        }

        _problems.Add(new(ImportProblemKind.UnknownTask, row.Where,
            row.Task is { } missing ? $"the project has no task '{missing}'{(row.Answers is null ? "" : "; --new-tasks makes one of the file")}"
            : row.Answers is null ? "the row names no task" : "the project has no task with these texts; --new-tasks makes one of the file"));
        return null;
    }

    private LabelTask? Adopt(ImportedVote row, Content prompt, IReadOnlyList<string> answers, string texts)
    {
        var task = new LabelTask
        {
            Id = row.Task ?? $"t-{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(texts)))[..16]}",
            Prompt = prompt,
            Candidates = [.. answers.Select((answer, i) => new Candidate(answer) { Model = row.Models?[i] })],
            Meta = row.Meta is { Count: > 0 } meta ? meta : null,
        };
        if (task.Problems().FirstOrDefault() is { } problem)
        {
            _problems.Add(new(ImportProblemKind.Invalid, row.Where, $"no task can be made of it: {problem}"));
            return null;
        }

        _adopted.Add(task.Id, task);
        _byTexts.TryAdd(texts, task);
        return task;
    }

    // The candidates in the order shown; null when a text is not the task's.
    private static IReadOnlyList<int>? Order(ImportedVote row, LabelTask task)
    {
        if (row.Prompt is { } prompt && PromptText.Comparable(PromptText.Of(prompt)) != PromptText.Comparable(PromptText.Of(task.Prompt)))
        {
            return null;
        }

        if (row.Answers is not { } answers)
        {
            return [];
        }

        int[] order = [.. answers.Select(answer => task.Candidates.Index()
            .Where(one => PromptText.Comparable(one.Item.Text) == PromptText.Comparable(answer)).Select(one => one.Index).FirstOrDefault(-1))];
        return order.Order().SequenceEqual(Enumerable.Range(0, task.Candidates.Count)) ? order : null;
    }

    private async Task AdoptAsync(List<(ImportedVote Row, Vote Vote)> votes, CancellationToken cancellation)
    {
        if (_adopted.Count > 0)
        {
            var counts = votes.CountBy(one => one.Vote.Task).ToDictionary();
            await store.AddTasksAsync([.. _adopted.Values.Select(task => task with { Overlap = Math.Max(1, counts.GetValueOrDefault(task.Id)) })], cancellation).ConfigureAwait(false);
        }
    }
}
