using System.Globalization;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Spectre.Console;

namespace Alignment.Training.Metrics;

/// <summary>Writes log lines through the terminal that also draws the progress bar, so that they do not tear each other.</summary>
internal sealed class TerminalSink(IAnsiConsole terminal) : ILogEventSink
{
    private readonly MessageTemplateTextFormatter _formatter = new("{Message:lj}{NewLine}{Exception}", CultureInfo.InvariantCulture);

    public void Emit(LogEvent logEvent)
    {
        var style = logEvent.Level switch
        {
            >= LogEventLevel.Error => new Style(Color.Red),
            LogEventLevel.Warning => new Style(Color.Yellow),
            LogEventLevel.Information => Style.Plain,
            _ => new Style(Color.Grey),
        };
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        _formatter.Format(logEvent, text);
        var time = logEvent.Timestamp.ToString("HH:mm:ss ", CultureInfo.InvariantCulture);
        terminal.Write(new Paragraph(time, new Style(Color.Grey)).Append(text.ToString(), style));
    }
}
