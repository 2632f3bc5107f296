using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Alignment.Training.Runs;

namespace Alignment.Rollouts.Rewards.Services;

/// <summary>A program that reads a line of JSON for each request and answers with a line: <c>{"prompts", "responses", "columns"}</c> and <c>{"scores": […]}</c>.</summary>
/// <param name="command">Program and arguments; no shell reads them.</param>
/// <param name="options">Whether it stays; how many run at once.</param>
public sealed class CommandRewardService(IReadOnlyList<string> command, RewardServiceOptions options) : IRewardService
{
    private const int LongestAnswer = 16 << 20;
    private const int KeptError = 2000;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly SemaphoreSlim _turn = new(1);
    private Running? _running;

    /// <inheritdoc/>
    public string Name => $"reward_command {Path.GetFileName(command[0])}";

    /// <inheritdoc/>
    public string Identity { get; } = "command\n" + string.Join('\n', command.Select(part => File.Exists(part) ? $"{part} {ContentHash.OfFile(part)}" : part)); // another script is another service

    /// <inheritdoc/>
    public int Parallel => options.Persistent ? 1 : options.Parallel;

    /// <inheritdoc/>
    public async Task<double[]> ScoreAsync(IReadOnlyList<RewardItem> items, CancellationToken cancel)
    {
        if (!options.Persistent)
        {
            using var once = Start();
            return await AskAsync(once, items, isLast: true, cancel).ConfigureAwait(false);
        }

        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            _running ??= Start();
            return await AskAsync(_running, items, isLast: false, cancel).ConfigureAwait(false);
        }
        catch
        {
            // What the program would still say belongs to this request: the next one gets a new program.
            _running?.Dispose();
            _running = null;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _running?.Dispose();
        _turn.Dispose();
    }

    private async Task<double[]> AskAsync(Running running, IReadOnlyList<RewardItem> items, bool isLast, CancellationToken cancel)
    {
        try
        {
            await running.Process.StandardInput.WriteLineAsync(RewardWire.Request(items).AsMemory(), cancel).ConfigureAwait(false);
            await running.Process.StandardInput.FlushAsync(cancel).ConfigureAwait(false);
            if (isLast)
            {
                running.Process.StandardInput.Close();
            }

            var line = await ReadLineAsync(running.Process.StandardOutput, cancel).ConfigureAwait(false);
            return line is null ? throw await running.EndedAsync(cancel).ConfigureAwait(false) : RewardWire.Answer(line, items.Count);
        }
        catch (IOException e) when (e is not RewardServiceException)
        {
            throw await running.EndedAsync(cancel).ConfigureAwait(false); // the pipe broke
        }
        catch (RewardServiceException e) when (running.Said is { Length: > 0 } said && !e.Message.Contains(said, StringComparison.Ordinal))
        {
            throw new RewardServiceException($"{e.Message}; its error stream: {said}", e.MayPass, inner: e);
        }
    }

    /// <summary>A line, up to a limit; null at the end.</summary>
    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancel)
    {
        var line = new StringBuilder();
        var one = new char[1];
        while (await reader.ReadAsync(one.AsMemory(), cancel).ConfigureAwait(false) > 0)
        {
            if (one[0] == '\n')
            {
                return line.ToString();
            }

            line.Append(one[0]);
            if (line.Length > LongestAnswer)
            {
                throw new RewardServiceException($"a line of the answer has more than {LongestAnswer >> 20} MB");
            }
        }

        return string.IsNullOrWhiteSpace(line.ToString()) ? null : line.ToString();
    }

    private Running Start()
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
            StandardErrorEncoding = Utf8,
        };
        try
        {
            return new Running(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new RewardServiceException($"cannot be started: {e.Message}", mayPass: false, inner: e);
        }
    }

    /// <summary>A program that runs, with the end of what it said on its error stream.</summary>
    private sealed class Running : IDisposable
    {
        private readonly StringBuilder _said = new();

        public Running(Process process)
        {
            Process = process;
            process.ErrorDataReceived += (_, line) =>
            {
                lock (_said)
                {
                    _said.AppendLine(line.Data);
                    _said.Remove(0, Math.Max(0, _said.Length - KeptError));
                }
            };
            process.BeginErrorReadLine();
        }

        public Process Process { get; }

        public string Said
        {
            get
            {
                lock (_said)
                {
                    return _said.ToString().Trim();
                }
            }
        }

        /// <summary>The program ended before it answered.</summary>
        public async Task<RewardServiceException> EndedAsync(CancellationToken cancel)
        {
            await Process.WaitForExitAsync(cancel).ConfigureAwait(false); // also reads the error stream to its end
            return new RewardServiceException($"it ended with exit code {Process.ExitCode} before it answered{(Said.Length > 0 ? $"; its error stream: {Said}" : "")}");
        }

        public void Dispose()
        {
            try
            {
                Process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has ended.
            }

            Process.Dispose();
        }
    }
}
