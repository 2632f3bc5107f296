using Alignment.Data.Formats;

namespace Alignment.Data.Instructions;

/// <summary>Writes the rows of held-out tasks for evaluation, each in every template.</summary>
/// <param name="options">What is wanted.</param>
/// <param name="seed">Of all draws.</param>
/// <param name="prompts">Takes what they ask.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class HeldOutSet(InstructionOptions options, long seed, HeldOutPrompts prompts, CancellationToken cancellation)
{
    private readonly InstructionRenderer _renderer = new(options);

    /// <summary>Writes the files of one form; one that would have no row is not there.</summary>
    /// <param name="surveys">The held-out tasks.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="form">How the rows are asked.</param>
    /// <returns>A report for each task.</returns>
    public IReadOnlyList<TaskReport> Write(IReadOnlyList<TaskSurvey> surveys, string folder, HeldOutForm form)
    {
        using var lines = new InstructionLines(options);
        using var choices = new LazyFile(Path.Combine(folder, form.Folder, InstructionReport.HeldOutFile));
        using var free = new LazyFile(Path.Combine(folder, form.Folder, InstructionReport.HeldOutPromptsFile));
        return [.. surveys.Select(survey => Write(survey, form, lines, choices, free))];
    }

    private TaskReport Write(TaskSurvey survey, HeldOutForm form, InstructionLines lines, LazyFile choices, LazyFile free)
    {
        var task = survey.Task;
        var drawn = Math.Min(survey.Rows, options.HeldOutRows);
        var report = new TaskReport(task, heldOut: true) { Records = survey.Records, Rows = survey.Rows, Drawn = drawn, Left = survey.Left };
        var pool = form.Shots == 0 ? [] : Pool(survey, form.Shots);
        foreach (var (row, number) in Drawn(survey))
        {
            foreach (var template in task.Templates(form.Kind).Where(row.Fits))
            {
                var listed = _renderer.Listed(task, row, Draws.Stream(seed, $"row {task.Name}", number));
                var example = _renderer.Plain(task, row, template, row.Answers[0], listed, form.Kind);
                prompts.Add(example);
                if (form.Shots > 0)
                {
                    // The same examples in all templates.
                    example = _renderer.WithShots(example, task, row, template, pool, Draws.Stream(seed, $"shots {task.Name}", number, form.Shots), forbidden: null, form.Shots);
                    if (example.Shots.Count < form.Shots)
                    {
                        report.Dropped.Add($"fewer than {form.Shots} solved examples", row.Id);
                        continue;
                    }
                }

                if (form.IsFree || listed.Count == 0 || !template.CompletesWithAnswer)
                {
                    free.Write(lines.Prompt(task, row, example));
                    report.Count(example);
                    continue;
                }

                // Of several right answers one is a choice; the others are neither right nor wrong ones.
                string[] candidates = [.. listed.Where(option => option == row.Answers[0] || !row.Answers.Contains(option))];
                string[] texts = [.. candidates.Select(option => _renderer.Plain(task, row, template, option, listed, form.Kind).Completion)];
                if (texts.Length < 2)
                {
                    report.Dropped.Add("every option is right", row.Id);
                    continue;
                }

                choices.Write(lines.Choices(task, row, example, texts, Array.IndexOf(candidates, row.Answers[0]), row.Answers[0]));
                report.Count(example);
            }
        }

        return report;
    }

    /// <summary>The rows that are asked, with their places in the task; the same ones in every form.</summary>
    private IEnumerable<(TaskRow Row, long Number)> Drawn(TaskSurvey survey)
    {
        var drawn = Math.Min(survey.Rows, options.HeldOutRows);
        var taken = new Quota([drawn, survey.Rows - drawn], Draws.Stream(seed, $"held out {survey.Task.Name}"));
        var number = -1L;
        foreach (var row in TaskRows.Read(survey.Task, TaskSurvey.Acceptance(survey.Task, options), new Remarks()))
        {
            cancellation.ThrowIfCancellationRequested();
            number++;
            if (taken.Next() == 0)
            {
                yield return (row, number);
            }
        }
    }

    /// <summary>Rows that serve as solved examples: not those that are asked, where there are enough others.</summary>
    private IReadOnlyList<TaskRow> Pool(TaskSurvey survey, int shots)
    {
        var asked = Drawn(survey).Select(one => one.Row.Id).ToHashSet(StringComparer.Ordinal);
        TaskRow[] others = [.. survey.Pool.Where(row => !asked.Contains(row.Id))];
        return others.Length > shots ? others : survey.Pool;
    }

    /// <summary>A file that is there once something was written.</summary>
    private sealed class LazyFile(string path) : IDisposable
    {
        private FileStream? _file;

        public void Write(ReadOnlySpan<byte> line)
        {
            if (_file is null)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            }

            _file.Write(line);
            _file.WriteByte((byte)'\n');
        }

        public void Dispose() => _file?.Dispose();
    }
}
