using System.Diagnostics.Metrics;

namespace Alignment.Cli.Bench;

/// <summary>Reads the binding's counter of operators that were called; 0 with the package, which has none.</summary>
internal sealed class NativeCalls : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public NativeCalls()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "TorchSharp", Name: "native_calls" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => _count = count);
        _listener.Start();
    }

    /// <summary>Since the process began.</summary>
    public long Count()
    {
        _listener.RecordObservableInstruments();
        return _count;
    }

    public void Dispose() => _listener.Dispose();
}
