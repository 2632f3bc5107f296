using System.Runtime.InteropServices;

namespace Alignment.Cli;

/// <summary>Ctrl-C during an answer ends the answer; at any other time, and the second time, it ends the program as usual (exit code 130).</summary>
internal sealed class AnswerInterrupts : IDisposable
{
    private readonly PosixSignalRegistration _registration;
    private readonly Lock _lock = new();
    private CancellationTokenSource? _answer;

    public AnswerInterrupts()
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = TryStop());
    }

    /// <summary>Runs something that Ctrl-C stops.</summary>
    public T During<T>(Func<CancellationToken, T> answer)
    {
        using var source = new CancellationTokenSource();
        Set(source);
        try
        {
            return answer(source.Token);
        }
        finally
        {
            Set(null);
        }
    }

    public void Dispose() => _registration.Dispose();

    private void Set(CancellationTokenSource? source)
    {
        lock (_lock)
        {
            _answer = source;
        }
    }

    private bool TryStop()
    {
        lock (_lock)
        {
            if (_answer is null or { IsCancellationRequested: true })
            {
                return false;
            }

            _answer.Cancel();
            return true;
        }
    }
}
