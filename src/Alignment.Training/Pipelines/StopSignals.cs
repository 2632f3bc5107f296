using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Alignment.Training.Pipelines;

/// <summary>Turns Ctrl-C, SIGTERM and the end of the parent process into a cancellation. A second Ctrl-C ends the process at once.</summary>
public sealed class StopSignals : IDisposable
{
    /// <summary>Set to 1 in a stage's environment by the pipeline runner, which holds the stage's standard input open:
    /// its end is the runner's end.</summary>
    public const string ParentVariable = "ALIGNMENT_PARENT_ON_STDIN";

    private static readonly TimeSpan SameKeyPress = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private long _first;

    /// <summary>Begins to listen.</summary>
    public StopSignals()
    {
        foreach (var signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
        }

        if (Environment.GetEnvironmentVariable(ParentVariable) == "1")
        {
            new Thread(WaitForParent) { IsBackground = true, Name = "parent watch" }.Start();
        }
    }

    /// <summary>Cancelled when the process is asked to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void Handle(PosixSignalContext context)
    {
        // The terminal and the runner may both pass on one key press: only a later signal is a second wish.
        var now = Stopwatch.GetTimestamp();
        var first = Interlocked.CompareExchange(ref _first, now, 0);
        context.Cancel = first == 0 || Stopwatch.GetElapsedTime(first, now) < SameKeyPress || context.Signal == PosixSignal.SIGTERM;
        _source.Cancel();
    }

    private void WaitForParent()
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (input.Read(buffer) > 0)
        {
        }

        _source.Cancel();
    }
}
