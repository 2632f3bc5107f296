using System.Diagnostics;
using System.Globalization;
using Alignment.Training.Options;
using Alignment.Training.Runs;

namespace Alignment.Training.Pipelines;

/// <summary>Runs a pipeline's stages in order, each in its own process. What is up to date is skipped, what was interrupted
/// is resumed, and all options are checked before anything starts.</summary>
/// <param name="optionTypes">The options record of each kind of stage.</param>
/// <param name="launch">Makes the program of a stage from its arguments (<c>sft --config ...</c>).</param>
/// <param name="output">Where progress and the stages' lines go.</param>
/// <param name="error">Where the report of a failed stage goes.</param>
public sealed class PipelineRunner(
    IReadOnlyDictionary<string, Type> optionTypes, Func<IReadOnlyList<string>, ProcessStartInfo> launch, TextWriter output, TextWriter error)
{
    /// <summary>Runs a pipeline.</summary>
    /// <param name="path">The pipeline file.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="cancellation">Stops the running stage, which writes a checkpoint.</param>
    /// <returns>The exit code: 0, 4 (a stage failed) or 130 (cancelled).</returns>
    /// <exception cref="OptionsException">The file or the request is wrong; nothing was started.</exception>
    /// <exception cref="FileNotFoundException">Something that stages read is missing; nothing was started.</exception>
    /// <exception cref="IOException">Another runner works in the run's folder, or it cannot be written.</exception>
    public int Run(string path, PipelineRunOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var file = PipelineFile.Load(path, options.Assignments);
        var runFolder = options.RunFolder ?? file.Output;
        var stages = Resolve(file, options, runFolder);
        var chosen = Choose(file, options);
        var missing = stages.Where(s => chosen.Contains(s.Stage.Name)).SelectMany(s => s.MissingInputs(chosen)).ToList();
        if (missing.Count > 0)
        {
            throw new FileNotFoundException(string.Join('\n', missing));
        }

        output.WriteLine($"pipeline {file.Name} ({file.Path}) -> {runFolder}, seed {options.Seed ?? file.Seed}");
        if (options.DryRun)
        {
            PrintPlan(stages, chosen, options.Force);
            return ExitCodes.Done;
        }

        using var owner = FolderLock.Take(runFolder, $"pipeline '{file.Name}'");
        return RunStages(stages, chosen, file, options, cancellation);
    }

    private List<ResolvedStage> Resolve(PipelineFile file, PipelineRunOptions options, string runFolder)
    {
        List<OptionsProblem> problems = [];
        List<ResolvedStage> resolved = [];
        foreach (var stage in file.Stages)
        {
            if (stage.Round is { Round: > 1 } && problems.Count > 0)
            {
                continue; // the same options as in round 1, whose problems are told
            }

            if (!optionTypes.TryGetValue(stage.Kind, out var type))
            {
                problems.Add(new OptionsProblem(stage.Node.File, stage.Line, $"stage '{stage.Name}' is of kind '{stage.Kind}', which this program does not have; it has {string.Join(", ", optionTypes.Keys)}"));
            }
            else if (ResolvedStage.Resolve(stage, type, runFolder, file.Seed, problems, options.Seed) is { } ready)
            {
                resolved.Add(ready);
            }
        }

        return problems.Count == 0 ? resolved : throw new OptionsException(problems);
    }

    private static List<string> Choose(PipelineFile file, PipelineRunOptions options)
    {
        var names = file.Stages.Select(s => s.Name).ToList();
        List<OptionsProblem> problems = [];
        var (from, only) = (options.From is null ? null : Stages(options.From).First(), options.Only.SelectMany(Stages).ToList());
        Check("--from", from is null ? [] : [from]);
        Check("--only", only);
        if (options.From is not null && options.Only.Count > 0)
        {
            problems.Add(new OptionsProblem("--from", 0, "cannot be joined with --only; give one of them"));
        }

        return problems.Count > 0
            ? throw new OptionsException(problems)
            : [.. names.Skip(from is null ? 0 : names.IndexOf(from)).Where(n => only.Count == 0 || only.Contains(n))];

        // A block of rounds stands for all its stages.
        IEnumerable<string> Stages(string given) => file.Blocks.Contains(given) ? file.Stages.Where(s => s.Round?.Block == given).Select(s => s.Name) : [given];

        void Check(string option, IEnumerable<string> given)
        {
            foreach (var name in given.Where(n => !names.Contains(n)))
            {
                var near = OptionNames.Nearest(name, names) is { } known ? $"did you mean '{known}'? " : "";
                problems.Add(new OptionsProblem(option, 0, $"'{name}' is no stage of {file.Path}; {near}its stages: {file.Listing()}"));
            }
        }
    }

    private void PrintPlan(List<ResolvedStage> stages, List<string> chosen, bool force)
    {
        HashSet<string> running = [];
        foreach (var stage in stages.Where(s => chosen.Contains(s.Stage.Name)))
        {
            var name = stage.Stage.Name;
            var before = stage.Stage.References.Select(r => r.Stage).FirstOrDefault(running.Contains);
            var decision = before is null || force
                ? StageDecision.Of(stage, force)
                : new StageDecision(StageAction.Run, $"stage '{before}' runs before it");
            if (decision.Action != StageAction.Skip)
            {
                running.Add(name);
            }

            output.WriteLine($"{name} ({stage.Stage.Kind}): {Word(decision)}");
        }

        output.WriteLine("dry run: nothing was started");
    }

    private int RunStages(List<ResolvedStage> stages, List<string> chosen, PipelineFile file, PipelineRunOptions options, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var (ran, skipped) = (0, 0);
        foreach (var stage in stages.Where(s => chosen.Contains(s.Stage.Name)))
        {
            var label = $"[{ran + skipped + 1}/{chosen.Count}] {stage.Stage.Name} ({stage.Stage.Kind})";
            if (cancellation.IsCancellationRequested)
            {
                error.WriteLine($"cancelled before stage '{stage.Stage.Name}'; to go on: {Again(file.Path, options)}");
                return ExitCodes.Cancelled;
            }

            var decision = StageDecision.Of(stage, options.Force);
            output.WriteLine($"{label}: {Word(decision)}");
            if (decision.Action == StageAction.Skip)
            {
                skipped++;
                continue;
            }

            var begun = clock.Elapsed;
            var arguments = Arguments(stage, file, options, decision.Action == StageAction.Run);
            var (code, lines) = StageProcess.Run(launch(arguments), line => output.WriteLine($"{stage.Stage.Name} | {line}"), cancellation);
            var seconds = Seconds(clock.Elapsed - begun);
            if (code != ExitCodes.Done)
            {
                return Report(stage, code, lines, seconds, file, options, cancellation.IsCancellationRequested);
            }

            if (StageManifest.TryLoad(stage.OutputFolder) is not { Status: StageStatus.Done })
            {
                error.WriteLine($"error: stage '{stage.Stage.Name}' ended with code 0, but its manifest in '{stage.OutputFolder}' does not say that it is done");
                return ExitCodes.StageFailed;
            }

            output.WriteLine($"{label}: done in {seconds}");
            ran++;
        }

        output.WriteLine($"done: {ran} run, {skipped} up to date, in {Seconds(clock.Elapsed)}");
        return ExitCodes.Done;
    }

    private int Report(ResolvedStage stage, int code, IReadOnlyList<string> lines, string seconds, PipelineFile file, PipelineRunOptions options, bool cancelled)
    {
        var name = stage.Stage.Name;
        if (code == ExitCodes.Cancelled || cancelled)
        {
            error.WriteLine($"cancelled during stage '{name}' after {seconds}; to go on from its last checkpoint: {Again(file.Path, options)}");
            return ExitCodes.Cancelled;
        }

        error.WriteLine($"error: stage '{name}' ({stage.Stage.Kind}) {Cause(code)} after {seconds}");
        error.WriteLine(lines.Count == 0 ? "it printed nothing" : "its last lines:");
        foreach (var line in lines)
        {
            error.WriteLine($"  {line}");
        }

        var remedy = code is ExitCodes.BadInput or ExitCodes.MissingInput or ExitCodes.StageFailed ? "correct that, then go on with" : "to go on from its last checkpoint";
        error.WriteLine($"{remedy}: {Again(file.Path, options)}");
        error.WriteLine($"to run the stage alone: alignment {string.Join(' ', Arguments(stage, file, options, afresh: false).Select(Quote))}");
        return ExitCodes.StageFailed;
    }

    private static string Cause(int code) => code switch
    {
        ExitCodes.BadInput => "ended with code 2 (bad options or data)",
        ExitCodes.MissingInput => "ended with code 3 (a file or folder is missing, or cannot be read or written)",
        ExitCodes.StageFailed => "was stopped by one of its guards (code 4)",
        128 + 9 => "was killed by signal 9 (SIGKILL; the system does that when memory runs out)",
        128 + 6 => "was killed by signal 6 (SIGABRT)",
        128 + 11 => "was killed by signal 11 (SIGSEGV)",
        128 + 15 => "was killed by signal 15 (SIGTERM)",
        > 128 and < 160 => $"was killed by signal {code - 128}",
        _ => $"ended with code {code}",
    };

    private static List<string> Arguments(ResolvedStage stage, PipelineFile file, PipelineRunOptions options, bool afresh)
    {
        var name = stage.Stage.Name;
        List<string> arguments = [stage.Stage.Kind, "--config", file.Path, "--stage", name];
        if (options.RunFolder is { } folder)
        {
            arguments.AddRange(["--run-dir", folder]);
        }

        if (options.Seed is { } seed)
        {
            arguments.AddRange(["--seed", seed.ToString(CultureInfo.InvariantCulture)]);
        }

        foreach (var assignment in options.Assignments)
        {
            if (assignment.StartsWith(name + ".", StringComparison.Ordinal))
            {
                arguments.AddRange(["--set", assignment[(name.Length + 1)..]]);
            }
            else if (file.IsOfBlock(assignment))
            {
                arguments.AddRange(["--set", assignment]); // how many rounds there are, what all of them have
            }
        }

        if (afresh)
        {
            arguments.Add("--afresh");
        }

        if (options.Verbose)
        {
            arguments.Add("--verbose");
        }

        return arguments;
    }

    private static string Again(string path, PipelineRunOptions options)
    {
        List<string> arguments = ["alignment", "run", path];
        arguments.AddRange(options.RunFolder is { } folder ? ["--run-dir", folder] : []);
        arguments.AddRange(options.Seed is { } seed ? ["--seed", seed.ToString(CultureInfo.InvariantCulture)] : []);
        arguments.AddRange(options.Assignments.SelectMany(a => (string[])["--set", a]));
        arguments.AddRange(options.From is { } from ? ["--from", from] : []);
        arguments.AddRange(options.Only.SelectMany(o => (string[])["--only", o]));
        return string.Join(' ', arguments.Select(Quote));
    }

    private static string Quote(string argument) => argument.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'' or '[' or '{' or '$' or '*' or '&' or ';') ? $"'{argument}'" : argument;

    private static string Word(StageDecision decision) => $"{decision.Action.ToString().ToLowerInvariant()} ({decision.Reason})";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
