using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Alignment.Core.Checkpoints;

namespace Alignment.Training.Metrics;

/// <summary>The format of <c>metrics.jsonl</c>: one object per line, <c>step</c> first, metrics in the order written, <c>time</c> last.</summary>
public static class MetricsFile
{
    private const string StepKey = "step";
    private const string TimeKey = "time";

    private static readonly JsonWriterOptions Format = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads every whole line; a last line that a killed process left half written is passed over.</summary>
    /// <param name="path">The file; a missing one has no lines.</param>
    /// <exception cref="InvalidDataException">A line before the last is not a metrics object.</exception>
    public static IReadOnlyList<MetricsLine> Read(string path) => [.. Parse(path).Select(line => line.Parsed)];

    /// <summary>Keeps the lines up to a step and drops the rest, so that a resumed run writes them again.</summary>
    /// <param name="path">The file; nothing happens when it is missing.</param>
    /// <param name="step">The last step to keep.</param>
    /// <exception cref="InvalidDataException">A line before the last is not a metrics object.</exception>
    public static void CutAfter(string path, long step)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var kept = new StringBuilder();
        foreach (var (text, parsed) in Parse(path))
        {
            if (parsed.Step <= step)
            {
                kept.Append(text).Append('\n');
            }
        }

        AtomicFile.WriteText(path, kept.ToString());
    }

    /// <summary>Formats a line, with its line feed. A value that is NaN or infinite becomes null: JSON has no such numbers.</summary>
    /// <param name="line">The line; names are unique and are neither <c>step</c> nor <c>time</c>.</param>
    internal static byte[] Encode(MetricsLine line)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Format))
        {
            writer.WriteStartObject();
            writer.WriteNumber(StepKey, line.Step);
            foreach (var (name, value) in line.Values)
            {
                if (name is StepKey or TimeKey)
                {
                    throw new ArgumentException($"a metric cannot be called '{name}'", nameof(line));
                }

                if (double.IsFinite(value))
                {
                    writer.WriteNumber(name, value);
                }
                else
                {
                    writer.WriteNull(name);
                }
            }

            writer.WriteString(TimeKey, line.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static IEnumerable<(string Text, MetricsLine Parsed)> Parse(string path)
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        var text = File.ReadAllText(path);
        var number = 0;
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++) // what follows the last line feed is empty or half a line
        {
            number++;
            yield return (lines[i], Decode(lines[i], path, number));
        }
    }

    private static MetricsLine Decode(string text, string path, int number)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            var values = root.EnumerateObject()
                .Where(property => property.Name is not (StepKey or TimeKey))
                .Select(property => KeyValuePair.Create(
                    property.Name, property.Value.ValueKind == JsonValueKind.Null ? double.NaN : property.Value.GetDouble()));
            return new MetricsLine(root.GetProperty(StepKey).GetInt64(), [.. values], root.GetProperty(TimeKey).GetDateTimeOffset());
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{path}:{number}: not a line of metrics: {error.Message} Remove the stage's folder to start it afresh.", error);
        }
    }
}
