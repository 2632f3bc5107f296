using System.Text.Json.Nodes;
using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>What a first reading of a task finds: how many rows there are, which of them may serve as solved examples, and what does not fit.</summary>
internal sealed class TaskSurvey
{
    private const int LookAt = 50;

    private TaskSurvey(InstructionTask task) => Task = task;

    /// <summary>The task.</summary>
    public InstructionTask Task { get; }

    /// <summary>Records of the files.</summary>
    public long Records { get; private set; }

    /// <summary>Usable ones.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows that examples are drawn from.</summary>
    public IReadOnlyList<TaskRow> Pool { get; private set; } = [];

    /// <summary>Why records are not usable.</summary>
    public Remarks Left { get; } = new();

    /// <summary>What is wrong with the task's options, each beginning with the option.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Reads a task.</summary>
    public static TaskSurvey Of(InstructionTask task, InstructionOptions options, long seed, CancellationToken cancellation)
    {
        var survey = new TaskSurvey(task);
        var columns = new HashSet<string>(StringComparer.Ordinal);
        List<TaskRow> pool = [.. TaskRows.Examples(task)];
        var (hasOwn, chance, answers) = (pool.Count > 0, Draws.Stream(seed, $"pool {task.Name}"), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var row in TaskRows.Read(task, Acceptance(task, options), survey.Left, Seen))
        {
            cancellation.ThrowIfCancellationRequested();
            survey.Rows++;
            if (!hasOwn)
            {
                // Every row has the same chance to be in the pool (Vitter 1985, Algorithm R).
                var at = pool.Count < options.FewShot.Pool ? pool.Count : (long)(chance.Uniform() * survey.Rows);
                if (at == pool.Count)
                {
                    pool.Add(row);
                }
                else if (at < pool.Count)
                {
                    pool[(int)at] = row;
                }
            }

            if (answers.Count <= task.InferOptions)
            {
                answers.UnionWith(row.Answers);
            }
        }

        survey.Pool = pool;
        if (task.InferOptions > 0 && task.Options.Count == 0 && task.OptionsColumn is null)
        {
            if (answers.Count >= 2 && answers.Count <= task.InferOptions)
            {
                task.Options = [.. answers];
            }
            else if (task.Option != InstructionTask.NaturalOption)
            {
                survey.Problems.Add($"{task.Option}.infer_options is {task.InferOptions}, but there are {(answers.Count > task.InferOptions ? "more" : "fewer than two")} different answers; change it or list the options");
            }
        }

        survey.Check(columns, options);
        return survey;

        void Seen(JsonObject record)
        {
            if (++survey.Records <= LookAt)
            {
                columns.UnionWith(record.Select(pair => pair.Key));
            }
        }
    }

    /// <summary>Whether a row fits a template of a kind that is wanted.</summary>
    public static Func<TaskRow, bool> Acceptance(InstructionTask task, InstructionOptions options)
    {
        TaskTemplate[]? wanted = null; // once the first row is read, the cluster is known
        string[] before = [.. task.Instruction?.Places.Where(place => place != TaskTemplate.Options) ?? []];
        return row =>
        {
            wanted ??= [.. Kinds(task, options).SelectMany(task.Templates).Distinct()];
            return before.All(place => TaskRow.Find(row.Columns, place) is not null) && wanted.Any(row.Fits);
        };
    }

    /// <summary>The kinds that a task has templates for and the options a share; held-out tasks are asked without examples.</summary>
    public static IEnumerable<InstructionKind> Kinds(InstructionTask task, InstructionOptions options) => options.HeldOut.Contains(task.Cluster)
        ? [InstructionKind.ZeroShot]
        : Enum.GetValues<InstructionKind>().Where(kind => options.Shares.Of(kind) > 0 && task.Templates(kind).Count > 0);

    private void Check(HashSet<string> columns, InstructionOptions options)
    {
        if (Records == 0)
        {
            return; // the counts tell
        }

        var named = Task.Asking.Concat(Task.Inverted).Concat(Task.ChainOfThought).SelectMany(template => template.Columns.Select(column => (template.Option, Column: column)))
            .Concat(Task.Instruction?.Places.Where(place => place != TaskTemplate.Options).Select(column => (Option: $"{Task.Option}.instruction", Column: column)) ?? [])
            .Append(($"{Task.Option}.answer", Task.Answer))
            .Concat(Named("options_column", Task.OptionsColumn)).Concat(Named("rationale", Task.Rationale))
            .Concat(options.DifficultyColumn is { } difficulty ? [("difficulty_column", difficulty)] : [])
            .Distinct();
        foreach (var (option, column) in named)
        {
            if (!columns.Contains(column) && !columns.Contains(column.Split('.')[0]))
            {
                Problems.Add($"{option} names the column '{column}', which the first rows of {Task.Files[0]} do not have; columns: {string.Join(", ", columns)}");
            }
        }

        if (Rows == 0 && Problems.Count == 0)
        {
            var why = Left.All.Select(one => $"{one.What}: {one.Count}, the first is {one.First}").FirstOrDefault() ?? "no template is of a kind that has a share";
            Problems.Add($"{Task.Option} has no usable row among {Records} ({why}); correct the files or the options");
        }
    }

    private IEnumerable<(string Option, string Column)> Named(string option, string? column) => column is null ? [] : [($"{Task.Option}.{option}", column)];
}
