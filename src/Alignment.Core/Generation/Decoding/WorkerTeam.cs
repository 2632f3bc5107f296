using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// Threads that do one piece of work after another together and wait for each other inside it. A step of decoding is some forty short
/// phases: handing each to a thread pool would cost more than the phase, so waiting threads spin for a while before they sleep.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private const int SpinsInsideWork = 2000; // some 40 ns each
    private static readonly long TicksBetweenWork = Stopwatch.Frequency / 2000; // half a millisecond, longer than anything that one thread does alone between two pieces

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread[] _threads;
    private volatile ITeamWork? _work;
    private volatile int _given;
    private volatile int _phase;
    private Exception? _failure;
    private volatile bool _stopped;
    private int _arrived;
    private int _asleep;

    /// <param name="parts">Threads, the caller's among them; at least 1.</param>
    public WorkerTeam(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        Parts = parts;
        _threads = [.. Enumerable.Range(1, parts - 1).Select(part => new Thread(() => Serve(part)) { IsBackground = true, Name = $"decoding {part}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Threads, the caller's among them.</summary>
    public int Parts { get; }

    /// <summary>Does a piece of work; comes back when every thread has done its part.</summary>
    /// <exception cref="Exception">What the first part that failed threw.</exception>
    public void Run(ITeamWork work)
    {
        if (Parts == 1)
        {
            work.Run(this, 0);
            return;
        }

        _failure = null;
        _work = work;
        lock (_gate)
        {
            _given++;
            if (_asleep > 0)
            {
                _wake.Release(_asleep);
                _asleep = 0;
            }
        }

        Do(work, 0);
        if (_failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Waits, inside a piece of work, until every thread has come here. Work that does so must not throw: the others would wait for ever.</summary>
    public void Wait()
    {
        if (Parts == 1)
        {
            return;
        }

        var phase = _phase;
        if (Interlocked.Increment(ref _arrived) == Parts)
        {
            _arrived = 0;
            _phase = phase + 1;
            return;
        }

        for (var spin = 0; _phase == phase; spin++)
        {
            if (spin < SpinsInsideWork)
            {
                Thread.SpinWait(1);
            }
            else
            {
                Thread.Yield();
            }
        }
    }

    /// <summary>The elements that a part takes of so many, in one piece.</summary>
    public (int From, int To) Share(int count, int part) => ((int)((long)count * part / Parts), (int)((long)count * (part + 1) / Parts));

    public void Dispose()
    {
        _stopped = true;
        lock (_gate)
        {
            _given++;
            _wake.Release(Parts);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _wake.Dispose();
    }

    private void Serve(int part)
    {
        for (var seen = 0; ;)
        {
            AwaitWork(seen);
            seen = _given; // before the work: the next may be given as soon as this is done
            if (_stopped)
            {
                return;
            }

            Do(_work!, part);
        }
    }

    private void AwaitWork(int seen)
    {
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetTimestamp() - begun < TicksBetweenWork;)
        {
            if (_given != seen)
            {
                return;
            }

            Thread.SpinWait(16);
            Thread.Yield(); // on a busy machine others have more to do
        }

        lock (_gate)
        {
            if (_given != seen)
            {
                return;
            }

            _asleep++;
        }

        _wake.Wait();
    }

    private void Do(ITeamWork work, int part)
    {
        try
        {
            work.Run(this, part);
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref _failure, error, null);
        }

        Wait();
    }
}
