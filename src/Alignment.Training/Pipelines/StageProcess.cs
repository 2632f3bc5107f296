using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Alignment.Training.Pipelines;

/// <summary>A stage in a process of its own: streams its output, keeps the last lines, passes on the wish to stop.</summary>
internal static partial class StageProcess
{
    private const int KeptLines = 20;
    private const int SigTerm = 15;

    /// <summary>Runs a stage to its end.</summary>
    /// <param name="start">The program; its streams are redirected here.</param>
    /// <param name="line">Receives every line of both streams.</param>
    /// <param name="cancellation">When cancelled, the stage is asked to stop (SIGTERM), and waited for.</param>
    /// <returns>The exit code (128 + n when signal n killed it) and the last lines.</returns>
    /// <exception cref="FileNotFoundException">The program cannot be started.</exception>
    public static (int ExitCode, IReadOnlyList<string> LastLines) Run(ProcessStartInfo start, Action<string> line, CancellationToken cancellation)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true; // held open: its end tells the stage that the runner is gone
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.StandardOutputEncoding = Encoding.UTF8;
        start.StandardErrorEncoding = Encoding.UTF8;
        start.Environment[StopSignals.ParentVariable] = "1";

        var last = new Queue<string>();
        var gate = new Lock();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => Take(e.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new FileNotFoundException($"the stage's program '{start.FileName}' cannot be started: {e.Message}", start.FileName, e);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using (cancellation.Register(() => AskToStop(process)))
        {
            process.WaitForExit(); // the streams' ends included
        }

        return (process.ExitCode, [.. last]);

        void Take(string? text)
        {
            if (text is null)
            {
                return;
            }

            lock (gate)
            {
                last.Enqueue(text);
                if (last.Count > KeptLines)
                {
                    last.Dequeue();
                }

                line(text);
            }
        }
    }

    private static void AskToStop(Process process)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                process.StandardInput.Close(); // the stage takes the end of its input for the end of its parent
            }
            else if (!process.HasExited)
            {
                _ = Kill(process.Id, SigTerm);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
