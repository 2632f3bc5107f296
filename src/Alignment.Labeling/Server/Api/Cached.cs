using System.Diagnostics;

namespace Alignment.Labeling.Server.Api;

/// <summary>A value that costs something to make and may be a little old. It is made by one caller at a time, and never so often that making it takes more than a fifth of the time.</summary>
internal sealed class Cached<T>(TimeSpan age, Func<Task<T>> make) : IDisposable
    where T : class
{
    private readonly SemaphoreSlim _gate = new(1);
    private T? _value;
    private long _made;
    private TimeSpan _cost;

    /// <summary>The value.</summary>
    /// <param name="cancellation">Stops the waiting.</param>
    /// <param name="isGood">Whether a value that is not too old will do; null takes any.</param>
    /// <param name="notBefore">It must have been begun after this time stamp.</param>
    public async Task<T> GetAsync(CancellationToken cancellation, Func<T, bool>? isGood = null, long notBefore = 0)
    {
        await _gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var fresh = _value is not null && _made > notBefore && Stopwatch.GetElapsedTime(_made) < (age > 4 * _cost ? age : 4 * _cost);
            if (!fresh || isGood?.Invoke(_value!) == false)
            {
                var begun = Stopwatch.GetTimestamp();
                _value = await make().ConfigureAwait(false);
                (_made, _cost) = (begun, Stopwatch.GetElapsedTime(begun));
            }

            return _value!;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();
}
