using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// Threads that do one piece of work after another together and wait for each other inside it. A step of decoding is some forty short
/// phases: handing each to a thread pool would cost more than the phase, so waiting threads spin for a while. Then they sleep: where others
/// want the processor too, a thread that spins on keeps the one that it waits for from it.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private const int SpinsInsideWork = 2000; // some 40 ns each
    private static readonly long TicksBetweenWork = Stopwatch.Frequency / 2000; // half a millisecond, longer than anything that one thread does alone between two pieces

    private readonly object _gate = new();
    private readonly Thread[] _threads;
    private volatile ITeamWork? _work;
    private int _given;
    private int _phase;
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
        Volatile.Write(ref _given, _given + 1);
        Wake();
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

        var phase = Volatile.Read(ref _phase);
        if (Interlocked.Increment(ref _arrived) == Parts)
        {
            _arrived = 0;
            Volatile.Write(ref _phase, phase + 1);
            Wake();
            return;
        }

        for (var spin = 0; Volatile.Read(ref _phase) == phase; spin++)
        {
            if (spin == SpinsInsideWork)
            {
                Sleep(ref _phase, phase);
                return;
            }

            Thread.SpinWait(1);
        }
    }

    /// <summary>The elements that a part takes of so many, in one piece.</summary>
    public (int From, int To) Share(int count, int part) => ((int)((long)count * part / Parts), (int)((long)count * (part + 1) / Parts));

    public void Dispose()
    {
        _stopped = true;
        Volatile.Write(ref _given, _given + 1);
        Wake();
        foreach (var thread in _threads)
        {
            thread.Join();
        }
    }

    private void Serve(int part)
    {
        for (var seen = 0; ;)
        {
            AwaitWork(seen);
            seen = Volatile.Read(ref _given); // before the work: the next may be given as soon as this is done
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
            if (Volatile.Read(ref _given) != seen)
            {
                return;
            }

            Thread.SpinWait(16);
            Thread.Yield(); // on a busy machine others have more to do
        }

        Sleep(ref _given, seen);
    }

    private void Sleep(ref int counter, int seen)
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _asleep); // a full fence: who changes what is waited for sees this, or this sees the change
            while (Volatile.Read(ref counter) == seen)
            {
                Monitor.Wait(_gate);
            }

            _asleep--;
        }
    }

    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
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
