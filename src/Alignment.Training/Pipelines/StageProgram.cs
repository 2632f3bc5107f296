using Alignment.Core.Numerics;
using Alignment.Training.Options;

namespace Alignment.Training.Pipelines;

/// <summary>The entry of every stage: understands the command line, binds the options, guards the exit code.</summary>
public static class StageProgram
{
    /// <summary>Runs a stage's program.</summary>
    /// <typeparam name="TOptions">The stage's options record.</typeparam>
    /// <param name="kind">One of <see cref="StageKinds.All"/>.</param>
    /// <param name="args">The command line: <c>--config FILE [--stage NAME] [--run-dir DIR] [--seed N] [--set key.sub=value]... [--afresh] [--verbose] [--help]</c>.</param>
    /// <param name="run">The stage; gives its exit code, or throws (<see cref="ExitCodes"/>).</param>
    /// <param name="description">What the stage does, one line for its help.</param>
    /// <param name="look">Looks at the data before torch is loaded, so that bad files cost neither time nor memory.</param>
    /// <returns>The exit code.</returns>
    public static int Run<TOptions>(string kind, string[] args, Func<StageInvocation<TOptions>, int> run, string description = "", Action<TOptions>? look = null)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(run);
        return ExitCodes.Guard(() => Start(kind, args, run, description, look), args.Contains("--verbose"));
    }

    private static int Start<TOptions>(string kind, string[] args, Func<StageInvocation<TOptions>, int> run, string description, Action<TOptions>? look)
        where TOptions : class
    {
        var arguments = StageArguments.Parse(kind, args);
        if (arguments.Help)
        {
            Console.Out.WriteLine(OptionsHelp.ForStage(kind, description, typeof(TOptions)));
            return ExitCodes.Done;
        }

        using var signals = new StopSignals();
        var invocation = Understand<TOptions>(kind, arguments) with { Cancellation = signals.Token };
        using var owner = FolderLock.Take(invocation.OutputFolder, $"stage '{invocation.Name}'");
        look?.Invoke(invocation.Options);
        TorchRuntime.Initialize(); // before anything loads libtorch
        return run(invocation);
    }

    /// <summary>Reads the file, binds the stage's options and checks that its inputs are there.</summary>
    internal static StageInvocation<TOptions> Understand<TOptions>(string kind, StageArguments arguments)
        where TOptions : class
    {
        var file = PipelineFile.Load(arguments.Config!);
        if (arguments.Assignments.Where(file.IsOfBlock).ToList() is { Count: > 0 } ofBlocks)
        {
            file = PipelineFile.Load(arguments.Config!, ofBlocks); // there may be more rounds than the file has
        }

        var stage = file.Find(kind, arguments.Stage);
        if (arguments.Assignments.Count > 0)
        {
            file = PipelineFile.Load(arguments.Config!, arguments.Assignments, stage.Name);
            stage = file.Find(kind, stage.Name);
        }

        List<OptionsProblem> problems = [];
        var resolved = ResolvedStage.Resolve(stage, typeof(TOptions), arguments.RunFolder ?? file.Output, file.Seed, problems, arguments.Seed)
            ?? throw new OptionsException(problems);
        var missing = resolved.MissingInputs([]).ToList();
        return missing.Count > 0
            ? throw new FileNotFoundException(string.Join('\n', missing))
            : new StageInvocation<TOptions>(
                kind, stage.Name, (TOptions)resolved.Options, resolved.Seed, resolved.OutputFolder, file.Path, resolved.Inputs, arguments.Verbose, arguments.Afresh);
    }
}
