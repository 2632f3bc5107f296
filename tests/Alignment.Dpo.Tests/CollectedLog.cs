using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Alignment.Dpo.Tests;

/// <summary>Keeps log lines in memory.</summary>
internal sealed class CollectedLog : ILogEventSink
{
    private readonly List<string> _lines = [];

    public CollectedLog() => Logger = new LoggerConfiguration().WriteTo.Sink(this).CreateLogger();

    public ILogger Logger { get; }

    public string Text => string.Join("\n", _lines);

    public void Emit(LogEvent logEvent) => _lines.Add(logEvent.RenderMessage(CultureInfo.InvariantCulture));
}
