using System.Text.Json;
using Alignment.Data.Collation;

namespace Alignment.Data.Instructions;

/// <summary>Writes a training file: rows of tasks, mixed by their rates, in kinds by their shares, in the wanted order.</summary>
/// <param name="options">What is wanted.</param>
/// <param name="seed">Of all draws.</param>
/// <param name="heldOut">What must not be asked.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class TrainingSet(InstructionOptions options, long seed, HeldOutPrompts heldOut, CancellationToken cancellation)
{
    private readonly InstructionRenderer _renderer = new(options);

    /// <summary>Writes the file.</summary>
    /// <param name="surveys">The tasks.</param>
    /// <param name="path">The file.</param>
    /// <returns>A report for each task.</returns>
    public IReadOnlyList<TaskReport> Write(IReadOnlyList<TaskSurvey> surveys, string path)
    {
        long[] drawn = [.. surveys.Select(survey => Math.Min(survey.Rows, survey.Task.Cap))];
        var rates = TaskMixture.Rates(drawn, options.MaxRate, options.Temperature);
        var counts = TaskMixture.Counts(drawn, options.MaxRate, options.Temperature, options.Rows);
        List<TaskReport> reports = [];
        using var lines = new InstructionLines(options);
        using var sorted = new SortedRows(path + ".runs");
        for (var i = 0; i < surveys.Count; i++)
        {
            var report = new TaskReport(surveys[i].Task, heldOut: false) { Records = surveys[i].Records, Rows = surveys[i].Rows, Drawn = drawn[i], Rate = rates[i], Left = surveys[i].Left };
            reports.Add(report);
            if (counts[i] > 0)
            {
                Write(surveys[i], drawn[i], counts[i], report, lines, sorted);
            }
        }

        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        sorted.WriteTo(file);
        return reports;
    }

    private void Write(TaskSurvey survey, long drawn, long count, TaskReport report, InstructionLines lines, SortedRows sorted)
    {
        var task = survey.Task;
        var cap = new Quota([drawn, survey.Rows - drawn], Draws.Stream(seed, $"cap {task.Name}"));
        var (passes, rest) = (count / drawn, count % drawn);
        var more = new Quota([rest, drawn - rest], Draws.Stream(seed, $"rest {task.Name}"));
        InstructionKind[] kinds = [.. TaskSurvey.Kinds(task, options).Where(kind => kind != InstructionKind.FewShot || survey.Pool.Count > 1)];
        var dealt = new Quota(Quota.Apportion([.. kinds.Select(options.Shares.Of)], count), Draws.Stream(seed, $"kinds {task.Name}"));
        var order = Draws.Stream(seed, $"order {task.Name}");
        var number = -1L;
        foreach (var row in TaskRows.Read(task, TaskSurvey.Acceptance(task, options), new Formats.Remarks()))
        {
            cancellation.ThrowIfCancellationRequested();
            number++;
            if (cap.Next() != 0)
            {
                continue;
            }

            var times = passes + (more.Next() == 0 ? 1 : 0);
            for (var pass = 0L; pass < times; pass++)
            {
                var chance = Draws.Stream(seed, $"row {task.Name}", number, pass);
                var example = Render(survey, row, kinds[dealt.Next()], kinds, pass, number, chance);
                var (tie, key) = (order.Next(), 0.0);
                if (heldOut.Contains(example))
                {
                    report.Dropped.Add("asks what a held-out row asks", row.Id);
                    continue;
                }

                if (string.IsNullOrWhiteSpace(example.Completion) || string.IsNullOrWhiteSpace(example.Prompt))
                {
                    report.Dropped.Add("the prompt or the completion is empty", row.Id);
                    continue;
                }

                key = options.Order switch
                {
                    InstructionOrder.EasyToHard => Difficulty(row, example),
                    InstructionOrder.HighToLowResource => -survey.Rows,
                    _ => 0,
                };
                sorted.Add(key, tie, lines.Training(task, row, example));
                report.Count(example);
            }
        }
    }

    /// <summary>The row in the kind that was dealt; where the row does not fit it, in the next one that it fits.</summary>
    private InstructionExample Render(TaskSurvey survey, TaskRow row, InstructionKind dealt, InstructionKind[] kinds, long pass, long number, SplitMix64 chance)
    {
        var task = survey.Task;
        var kind = kinds.OrderBy(one => one == dealt ? 0 : 1).First(one => task.Templates(one).Any(row.Fits));
        TaskTemplate[] fitting = [.. task.Templates(kind).Where(row.Fits)];

        // A row that comes again comes in another template, until it has been through all.
        var first = Draws.Stream(seed, $"template {task.Name}", number).Below(fitting.Length);
        var template = fitting[(int)((first + pass) % fitting.Length)];
        var listed = _renderer.Listed(task, row, chance);
        var plain = _renderer.Plain(task, row, template, row.Answers[chance.Below(row.Answers.Count)], listed, kind);
        if (kind != InstructionKind.FewShot)
        {
            return plain;
        }

        var wanted = options.FewShot.Min + chance.Below(options.FewShot.Max - options.FewShot.Min + 1);
        var few = _renderer.WithShots(plain, task, row, template, survey.Pool, chance, heldOut, wanted);
        return few.Shots.Count > 0 ? few : plain with { Kind = InstructionKind.ZeroShot };
    }

    private double Difficulty(TaskRow row, InstructionExample example)
    {
        if (options.DifficultyColumn is not { } column)
        {
            return (example.Instruction?.Length ?? 0) + example.Prompt.Length + example.Completion.Length + example.Shots.Sum(shot => shot.Prompt.Length + shot.Completion.Length);
        }

        var node = TaskRow.Find(row.Columns, column);
        return node?.GetValueKind() == JsonValueKind.Number ? node.GetValue<double>()
            : double.TryParse(TaskRow.Word(node), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number
            : throw new DataFormatException(row.Id, $"'{column}' is no number", "difficulty_column orders the rows by it: give every row one, or remove the option");
    }
}
