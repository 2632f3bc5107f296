using System.Diagnostics;
using Alignment.Core.Memory;
using Alignment.Training.Guards;
using Alignment.Training.Metrics;
using Alignment.Training.Pipelines;
using Serilog;

namespace Alignment.Training.Runs;

/// <summary>
/// One process's work on one stage folder: decides whether the stage is done, resumed or fresh, keeps the manifest, and hands out
/// the log, the metrics and the checkpoints. An older result of the stage stays whole until <see cref="Start"/>, so that a stage that is
/// refused for its data or its model has cost nothing.
/// </summary>
public sealed class StageSession : IDisposable
{
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly double _secondsBefore;
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double> _measures = new(StringComparer.Ordinal);
    private readonly List<ReportFigure> _figures = [];
    private readonly IReadOnlyCollection<string> _otherResults;
    private StageManifest _manifest;
    private bool _started;
    private MemoryEstimate? _memory;
    private GuardWatch? _guards;

    private StageSession(
        RunFolder folder, StageManifest manifest, StageConsole console, CancellationToken cancel, IReadOnlyCollection<string> otherResults, bool isDone, bool isResumed)
    {
        Folder = folder;
        _manifest = manifest;
        _otherResults = otherResults;
        _secondsBefore = manifest.Seconds;
        Console = console;
        Cancel = cancel;
        IsDone = isDone;
        IsResumed = isResumed;
    }

    /// <summary>The places in the stage's folder.</summary>
    public RunFolder Folder { get; }

    /// <summary>The manifest as it stands.</summary>
    public StageManifest Manifest => _manifest;

    /// <summary>What the user sees.</summary>
    public StageConsole Console { get; }

    /// <summary>The log.</summary>
    public ILogger Log => Console.Log;

    /// <summary>Cancelled by Ctrl-C or SIGTERM.</summary>
    public CancellationToken Cancel { get; }

    /// <summary>The stage was finished before with the same options, seed and inputs, and its results are intact: there is nothing to do.</summary>
    public bool IsDone { get; }

    /// <summary>An earlier process began the same work; its last checkpoint, if it wrote one, is to be gone on from.</summary>
    public bool IsResumed { get; }

    /// <summary>Begins a stage from its command line and pipeline file.</summary>
    /// <typeparam name="TOptions">The stage's options record.</typeparam>
    /// <param name="invocation">What <see cref="StageProgram"/> understood.</param>
    /// <param name="versions">Versions to note besides dotnet's and our own, such as torch's.</param>
    /// <param name="console">What the user sees; made for the process when null.</param>
    /// <param name="otherResults">Result files and folders besides the model folder, relative to the stage's folder; cleared with an old run.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="FileNotFoundException">An input does not exist.</exception>
    public static StageSession Begin<TOptions>(
        StageInvocation<TOptions> invocation,
        IReadOnlyDictionary<string, string>? versions = null,
        StageConsole? console = null,
        IReadOnlyCollection<string>? otherResults = null)
        where TOptions : class
    {
        var folder = RunFolder.Open(invocation.OutputFolder);
        var manifest = StageManifest.Begin(
            invocation.Kind, invocation.Name, invocation.OptionsJson, invocation.Seed, invocation.Inputs.Values, versions);
        return Begin(folder, manifest, console ?? StageConsole.Create(invocation.Verbose), invocation.Cancellation, invocation.Afresh, otherResults);
    }

    /// <summary>Begins a stage in an open folder.</summary>
    /// <param name="folder">From <see cref="RunFolder.Open"/>.</param>
    /// <param name="manifest">From <see cref="StageManifest.Begin"/>.</param>
    /// <param name="console">What the user sees.</param>
    /// <param name="cancel">Cancelled when the stage is to stop.</param>
    /// <param name="afresh">Whether an old output is replaced even where it could be kept or resumed.</param>
    /// <param name="otherResults">Result files and folders besides the model folder, relative to the stage's folder; cleared with an old run.</param>
    public static StageSession Begin(
        RunFolder folder,
        StageManifest manifest,
        StageConsole console,
        CancellationToken cancel = default,
        bool afresh = false,
        IReadOnlyCollection<string>? otherResults = null)
    {
        var old = afresh ? null : LoadOld(folder, console.Log);
        var same = old is not null && old.Fingerprint == manifest.Fingerprint;
        if (same && old!.Status == StageStatus.Done)
        {
            var broken = old.BrokenResults(folder.Root);
            if (broken.Count == 0)
            {
                console.Log.Information("Stage {Name} is done: same options, seed and inputs as in {Manifest}", manifest.Name, folder.Manifest);
                return new StageSession(folder, old, console, cancel, [], isDone: true, isResumed: false);
            }

            console.Log.Warning("Stage {Name} was done, but {Files} changed since; making its results again", manifest.Name, string.Join(", ", broken));
        }

        manifest = manifest with { Seconds = same ? old!.Seconds : 0 };
        return new StageSession(folder, manifest, console, cancel, otherResults ?? [], isDone: false, isResumed: same);
    }

    /// <summary>
    /// Called when options, data and models have proved usable, before the first result is written: removes an older run's output and
    /// writes the manifest of the beginning. Opening the checkpoints or the metrics calls it; a second call does nothing.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Start()
    {
        if (_started)
        {
            return;
        }

        if (!IsResumed)
        {
            Folder.Clear(_otherResults);
        }

        _manifest.Save(Folder.Root);
        _started = true;
    }

    /// <summary>Notes a counted thing for the manifest.</summary>
    /// <param name="name">For instance <c>train/rows</c>.</param>
    /// <param name="value">How many.</param>
    public void Count(string name, long value) => _counts[name] = value;

    /// <summary>Notes a measured result for the manifest.</summary>
    /// <param name="name">For instance <c>accuracy</c>.</param>
    /// <param name="value">A finite number.</param>
    public void Measure(string name, double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, $"measure '{name}' must be finite");
        }

        _measures[name] = value;
    }

    /// <summary>Adds a plot to the report.</summary>
    /// <param name="figure">What to draw.</param>
    public void Show(ReportFigure figure) => _figures.Add(figure);

    /// <summary>Says and notes for the manifest what training will take of the memory.</summary>
    /// <param name="estimate">Null says nothing.</param>
    public void ExpectMemory(MemoryEstimate? estimate)
    {
        if (estimate is not null)
        {
            _memory = estimate;
            Count("memory/estimated_bytes", estimate.Total);
            Log.Information("Memory: {Estimate}", estimate.ToString());
        }
    }

    /// <summary>Says and notes what training took, when it is over.</summary>
    public void NoteMemory()
    {
        if (_memory is not null)
        {
            var peak = ProcessMemory.Peak();
            Count("memory/peak_bytes", peak);
            Log.Information("Memory: {Peak} at the peak, estimated {Estimate}", MemoryEstimate.Text(peak), MemoryEstimate.Text(_memory.Total));
        }
    }

    /// <summary>The stage's checkpoints.</summary>
    /// <param name="keepLast">How many of the newest to keep.</param>
    public CheckpointStore OpenCheckpoints(int keepLast)
    {
        Start();
        return new(Folder.Checkpoints, _manifest.Fingerprint, Log, keepLast);
    }

    /// <summary>The stage's metrics, with TensorBoard events beside them and guards that watch them.</summary>
    /// <param name="lastStep">The step of the checkpoint that is gone on from; null to start anew.</param>
    /// <param name="guards">What the user changed of the guards.</param>
    public MetricsLog OpenMetrics(long? lastStep, IReadOnlyDictionary<string, GuardOptions> guards)
    {
        Start();
        _guards = new GuardWatch(_manifest.Kind, guards, Log, step => CheckpointStore.NewestUpTo(Folder.Checkpoints, step));
        return MetricsLog.Open(Folder.Metrics, lastStep, Folder.TensorBoard, guards: _guards);
    }

    /// <summary>Ends the stage in order: writes the report, hashes the results and marks the manifest done.</summary>
    /// <param name="otherResults">Result files and folders besides the model folder, relative to the stage's folder.</param>
    /// <exception cref="IOException">It cannot be written; the stage stays unfinished and can be resumed.</exception>
    public void Finish(params IReadOnlyCollection<string> otherResults)
    {
        var results = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Directory.Exists(Folder.Model))
        {
            foreach (var (name, hash) in ContentHash.FilesOf(Folder.Model))
            {
                results["model/" + name] = hash;
            }
        }

        foreach (var name in otherResults)
        {
            var path = Path.Combine(Folder.Root, name);
            if (Directory.Exists(path))
            {
                foreach (var (file, hash) in ContentHash.FilesOf(path))
                {
                    results[$"{name}/{file}"] = hash;
                }
            }
            else
            {
                results[name] = ContentHash.OfFile(path);
            }
        }

        _guards?.Finish();
        _manifest = Current() with { Status = StageStatus.Done, Results = results };
        if (File.Exists(Folder.Metrics))
        {
            ReportPage.Write(Folder.Report, _manifest, MetricsFile.Read(Folder.Metrics), _figures);
        }

        _manifest.Save(Folder.Root);
        Log.Information("Stage {Name} is done in {Seconds:0.0} s: {Folder}", _manifest.Name, _manifest.Seconds, Folder.Root);
    }

    /// <summary>Leaves the stage; an unfinished one gets its time so far noted.</summary>
    public void Dispose()
    {
        if (_started && _manifest.Status == StageStatus.Running)
        {
            try
            {
                Current().Save(Folder.Root);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The manifest of the beginning is still there and says the same but for the seconds.
                Log.Debug("The time spent was not noted: {Reason}", error.Message);
            }
        }
    }

    private static StageManifest? LoadOld(RunFolder folder, ILogger log)
    {
        try
        {
            return StageManifest.TryLoad(folder.Root);
        }
        catch (InvalidDataException error)
        {
            log.Warning("The old manifest is damaged, so the stage starts afresh: {Reason}", error.Message);
            return null;
        }
    }

    private StageManifest Current() => _manifest with
    {
        Counts = _counts,
        Measures = _measures,
        Warnings = _guards?.Warnings ?? [],
        Seconds = Math.Round(_secondsBefore + Stopwatch.GetElapsedTime(_begun).TotalSeconds, 3),
    };
}
