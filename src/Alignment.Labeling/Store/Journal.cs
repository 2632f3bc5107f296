using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Alignment.Labeling.Store;

/// <summary>Appends lines to a file and says when they are on the disk. Lines that come while the disk is busy share the next flush, so that many
/// writers wait no longer than one.</summary>
internal sealed class Journal : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SafeFileHandle _file;
    private readonly Task _writer;
    private readonly string _what;
    private Batch _next = new();
    private Task _last = Task.CompletedTask;
    private long _length;
    private bool _closing;
    private Exception? _failure;

    /// <summary>Opens an existing file and appends after its first <paramref name="length"/> bytes; what is behind them is cut off. <paramref name="what"/> is what messages call its lines.</summary>
    public Journal(string path, long length, string what)
    {
        _what = what;
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        _length = length;
        if (RandomAccess.GetLength(_file) > length)
        {
            RandomAccess.SetLength(_file, length);
            RandomAccess.FlushToDisk(_file);
        }

        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Adds a line, its end included. The caller's order is the file's order.</summary>
    /// <returns>Ends when the line is on the disk; fails with <see cref="IOException"/> when it cannot be.</returns>
    public Task Append(ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            ThrowIfFailed();
            _next.Lines.Write(line);
            _last = _next.OnDisk.Task;
            Wake();
            return _last;
        }
    }

    /// <summary>Ends when everything appended so far is on the disk.</summary>
    public Task Settled()
    {
        lock (_gate)
        {
            ThrowIfFailed();
            return _last;
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closing)
            {
                return;
            }

            _closing = true;
            Wake();
        }

        await _writer.ConfigureAwait(false);
        _file.Dispose();
        _wake.Dispose();
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            await _wake.WaitAsync().ConfigureAwait(false);
            Batch batch;
            bool closing;
            lock (_gate)
            {
                (batch, _next, closing) = (_next, new Batch(), _closing);
            }

            if (batch.Lines.WrittenCount > 0 && !Write(batch))
            {
                return;
            }

            if (closing)
            {
                return;
            }
        }
    }

    private bool Write(Batch batch)
    {
        try
        {
            RandomAccess.Write(_file, batch.Lines.WrittenSpan, _length);
            RandomAccess.FlushToDisk(_file);
            _length += batch.Lines.WrittenCount;
            batch.OnDisk.SetResult();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // After a failed flush nobody knows what is on the disk; only reading the file again tells.
            lock (_gate)
            {
                _failure = e;
                _next.OnDisk.TrySetException(Failed(e));
            }

            batch.OnDisk.SetException(Failed(e));
            return false;
        }
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw Failed(failure);
        }
    }

    private IOException Failed(Exception cause) =>
        new($"{_what} cannot be saved any more: {cause.Message.TrimEnd('.')}; free the space or the rights, then start again", cause);

    private sealed class Batch
    {
        public ArrayBufferWriter<byte> Lines { get; } = new();

        public TaskCompletionSource OnDisk { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
