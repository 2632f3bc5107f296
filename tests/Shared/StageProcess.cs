using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Alignment.Tests;

/// <summary>A stage's executable in a process of its own, which a test may end at a moment of its choice. Compiled into the stages' test projects.</summary>
internal static class StageProcess
{
    public const int Kill = 9;
    public const int Terminate = 15;

    private const string Metrics = "metrics.jsonl";

    /// <summary>Runs a program to its end, or until it gets a signal.</summary>
    /// <param name="program">A type of the program's assembly.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="when">Asked every few milliseconds with what the program has said so far; the signal is sent once, when it says yes.</param>
    /// <param name="signal">Which signal.</param>
    /// <returns>The exit code, 128 + signal of a killed process, and all that was said.</returns>
    public static (int ExitCode, string Text) Run(Type program, IEnumerable<string> arguments, Func<string, bool>? when = null, int signal = Kill)
    {
        var text = new StringBuilder();
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program.Assembly.Location, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true },
        };
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        while (when is not null && !process.WaitForExit(5))
        {
            if (when(Said()))
            {
                kill(process.Id, signal);
                when = null;
            }
        }

        process.WaitForExit();
        return (process.ExitCode, Said());

        void Add(string? line)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }

        string Said()
        {
            lock (text)
            {
                return text.ToString();
            }
        }
    }

    /// <summary>How many lines of metrics a stage has written so far.</summary>
    public static int LineCount(string stageFolder) => Lines(stageFolder).Length;

    /// <summary>The lines of metrics without what depends on the clock.</summary>
    public static List<JsonObject> MetricRows(string stageFolder) => [.. Lines(stageFolder).Select(line =>
    {
        var row = JsonNode.Parse(line)!.AsObject();
        row.Remove("time");
        return row;
    })];

    /// <summary>The same as text.</summary>
    public static string[] MetricLines(string stageFolder) => [.. MetricRows(stageFolder).Select(row => row.ToJsonString())];

    private static string[] Lines(string stageFolder)
    {
        var path = Path.Combine(stageFolder, Metrics);
        if (!File.Exists(path))
        {
            return [];
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [DllImport("libc")]
    private static extern int kill(int process, int signal);
}
