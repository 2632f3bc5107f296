using Alignment.Training.Guards;

namespace Alignment.Training.Metrics;

/// <summary>
/// Appends to <c>metrics.jsonl</c>; each line reaches the operating system before <see cref="Write"/> returns, so a killed process loses none. Every loop
/// writes its lines here, so here the guards look at them.
/// </summary>
public sealed class MetricsLog : IDisposable
{
    private readonly FileStream _stream;
    private readonly TensorBoardWriter? _tensorBoard;
    private readonly TimeProvider _clock;
    private readonly GuardWatch? _guards;

    private MetricsLog(FileStream stream, TensorBoardWriter? tensorBoard, TimeProvider clock, GuardWatch? guards)
    {
        _stream = stream;
        _tensorBoard = tensorBoard;
        _clock = clock;
        _guards = guards;
    }

    /// <summary>Opens the log, keeping what was written up to a step.</summary>
    /// <param name="path">The <c>metrics.jsonl</c> file.</param>
    /// <param name="lastStep">The step of the checkpoint that the run goes on from; later lines are cut. Null starts an empty file.</param>
    /// <param name="tensorBoardFolder">Where to write the same numbers as TensorBoard events; null for none.</param>
    /// <param name="clock">Gives the <c>time</c> of a line; the system's when null.</param>
    /// <param name="guards">Watch the lines; the ones that are kept are read again. Null for none.</param>
    /// <exception cref="InvalidDataException">The old file is not a metrics file.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static MetricsLog Open(string path, long? lastStep = null, string? tensorBoardFolder = null, TimeProvider? clock = null, GuardWatch? guards = null)
    {
        if (lastStep is { } step)
        {
            MetricsFile.CutAfter(path, step);
        }
        else
        {
            File.Delete(path);
        }

        var kept = MetricsFile.Read(path);
        foreach (var line in kept)
        {
            guards?.Replay(line);
        }

        var tensorBoard = tensorBoardFolder is null ? null : TensorBoardWriter.Rebuild(tensorBoardFolder, kept);
        return new MetricsLog(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), tensorBoard, clock ?? TimeProvider.System, guards);
    }

    /// <summary>Appends one line.</summary>
    /// <param name="step">Optimizer steps done.</param>
    /// <param name="values">Names (docs/metrics.md) and values; NaN and infinities are written as null.</param>
    /// <exception cref="ArgumentException">A metric is called <c>step</c> or <c>time</c>.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    /// <exception cref="GuardStopException">A guard stops the run; the line is written, a checkpoint of its step must not be.</exception>
    public void Write(long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        var line = new MetricsLine(step, [.. values], _clock.GetUtcNow());
        _stream.Write(MetricsFile.Encode(line)); // one write call per line
        _tensorBoard?.Write(line);
        _guards?.Check(line);
    }

    /// <summary>Brings all lines to the disk itself; done before a checkpoint that counts on them.</summary>
    public void Sync() => _stream.Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        _tensorBoard?.Dispose();
    }
}
