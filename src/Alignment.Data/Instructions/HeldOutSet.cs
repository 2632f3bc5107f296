namespace Alignment.Data.Instructions;

/// <summary>Writes the rows of held-out tasks for evaluation, each in every template.</summary>
/// <param name="options">What is wanted.</param>
/// <param name="seed">Of all draws.</param>
/// <param name="prompts">Takes what they ask.</param>
/// <param name="cancellation">Stops it.</param>
internal sealed class HeldOutSet(InstructionOptions options, long seed, HeldOutPrompts prompts, CancellationToken cancellation)
{
    private readonly InstructionRenderer _renderer = new(options);

    /// <summary>Writes the files; one that would have no row is not there.</summary>
    /// <param name="surveys">The held-out tasks.</param>
    /// <param name="folder">Where to.</param>
    /// <returns>A report for each task.</returns>
    public IReadOnlyList<TaskReport> Write(IReadOnlyList<TaskSurvey> surveys, string folder)
    {
        using var lines = new InstructionLines(options);
        using var choices = new LazyFile(Path.Combine(folder, InstructionReport.HeldOutFile));
        using var free = new LazyFile(Path.Combine(folder, InstructionReport.HeldOutPromptsFile));
        return [.. surveys.Select(survey => Write(survey, lines, choices, free))];
    }

    private TaskReport Write(TaskSurvey survey, InstructionLines lines, LazyFile choices, LazyFile free)
    {
        var task = survey.Task;
        var drawn = Math.Min(survey.Rows, options.HeldOutRows);
        var report = new TaskReport(task, heldOut: true) { Records = survey.Records, Rows = survey.Rows, Drawn = drawn, Left = survey.Left };
        var taken = new Quota([drawn, survey.Rows - drawn], Draws.Stream(seed, $"held out {task.Name}"));
        var number = -1L;
        foreach (var row in TaskRows.Read(task, TaskSurvey.Acceptance(task, options), new Formats.Remarks()))
        {
            cancellation.ThrowIfCancellationRequested();
            number++;
            if (taken.Next() != 0)
            {
                continue;
            }

            foreach (var template in task.Asking.Where(row.Fits))
            {
                var listed = _renderer.Listed(task, row, Draws.Stream(seed, $"row {task.Name}", number));
                var example = _renderer.Plain(task, row, template, row.Answers[0], listed, InstructionKind.ZeroShot);
                prompts.Add(example);
                if (listed.Count > 0 && template.CompletesWithAnswer)
                {
                    // Of several right answers one is a choice; the others are neither right nor wrong ones.
                    string[] candidates = [.. listed.Where(option => option == row.Answers[0] || !row.Answers.Contains(option))];
                    string[] texts = [.. candidates.Select(option => _renderer.Plain(task, row, template, option, listed, InstructionKind.ZeroShot).Completion)];
                    if (texts.Length < 2)
                    {
                        report.Dropped.Add("every option is right", row.Id);
                        continue;
                    }

                    choices.Write(lines.Choices(task, row, example, texts, Array.IndexOf(candidates, row.Answers[0]), row.Answers[0]));
                }
                else
                {
                    free.Write(lines.Prompt(task, row, example));
                }

                report.Count(example);
            }
        }

        return report;
    }

    /// <summary>A file that is there once something was written.</summary>
    private sealed class LazyFile(string path) : IDisposable
    {
        private FileStream? _file;

        public void Write(ReadOnlySpan<byte> line)
        {
            _file ??= new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
            _file.Write(line);
            _file.WriteByte((byte)'\n');
        }

        public void Dispose() => _file?.Dispose();
    }
}
