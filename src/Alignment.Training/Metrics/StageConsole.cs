using System.Globalization;
using Serilog;
using Serilog.Events;
using Spectre.Console;

namespace Alignment.Training.Metrics;

/// <summary>What a stage shows: log lines, and a progress bar with the time left where a person watches. All of it goes to the error stream.</summary>
public sealed class StageConsole
{
    private readonly IAnsiConsole? _terminal;

    private StageConsole(ILogger log, IAnsiConsole? terminal)
    {
        Log = log;
        _terminal = terminal;
    }

    /// <summary>The log.</summary>
    public ILogger Log { get; }

    /// <summary>The console of a process: a bar above plain lines on an interactive terminal, plain lines elsewhere (a file, a pipe, CI).</summary>
    /// <param name="verbose">Whether debug lines are wanted.</param>
    public static StageConsole Create(bool verbose = false)
    {
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return terminal.Profile.Capabilities.Interactive && !Console.IsErrorRedirected
            ? OnTerminal(terminal, verbose)
            : new StageConsole(
                Configuration(verbose).WriteTo.Console(
                    outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}",
                    formatProvider: CultureInfo.InvariantCulture,
                    standardErrorFromLevel: LogEventLevel.Verbose).CreateLogger(),
                terminal: null);
    }

    /// <summary>A console on a given terminal.</summary>
    /// <param name="terminal">Takes the bar and the log lines.</param>
    /// <param name="verbose">Whether debug lines are wanted.</param>
    public static StageConsole OnTerminal(IAnsiConsole terminal, bool verbose = false) =>
        new(Configuration(verbose).WriteTo.Sink(new TerminalSink(terminal)).CreateLogger(), terminal);

    /// <summary>A console that shows nothing, or only what a given log does with it.</summary>
    /// <param name="log">The log; none when null.</param>
    public static StageConsole Quiet(ILogger? log = null) => new(log ?? Serilog.Core.Logger.None, terminal: null);

    /// <summary>Runs work under a progress bar, on the calling thread. Without a terminal it just runs.</summary>
    /// <param name="title">Stands before the bar.</param>
    /// <param name="start">Steps done already.</param>
    /// <param name="total">Steps in all.</param>
    /// <param name="work">Is given the function that takes the number of steps done.</param>
    public void WithProgress(string title, long start, long total, Action<Action<long>> work)
    {
        if (_terminal is null)
        {
            work(static _ => { });
            return;
        }

        _terminal.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                // Only what is left to do counts for the bar, so that a resumed run's time left is right from the start.
                var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(1, total - start));
                work(done =>
                {
                    task.Description = Markup.Escape($"{title} {done}/{total}");
                    task.Value = done - start;
                });
            });
    }

    private static LoggerConfiguration Configuration(bool verbose) =>
        verbose ? new LoggerConfiguration().MinimumLevel.Debug() : new LoggerConfiguration().MinimumLevel.Information();
}
