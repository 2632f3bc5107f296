using System.Diagnostics;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Judging;

namespace Alignment.Cli;

/// <summary>Says now and then how far a judge is and why it waits.</summary>
/// <param name="output">Where.</param>
/// <param name="limits">What tokens cost.</param>
internal sealed class JudgeScreen(TextWriter output, BudgetLimits limits)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly long _begin = Stopwatch.GetTimestamp();
    private long _lastProgress = Stopwatch.GetTimestamp();
    private long _lastRetry;

    /// <summary>Takes how far it is.</summary>
    public void Progress(JudgeProgress progress)
    {
        lock (_gate)
        {
            if (Stopwatch.GetElapsedTime(_lastProgress) < Pause)
            {
                return;
            }

            _lastProgress = Stopwatch.GetTimestamp();
            var left = Stopwatch.GetElapsedTime(_begin) / progress.Done * (progress.Tasks - progress.Done);
            output.WriteLine($"{progress.Done} of {progress.Tasks} tasks, {progress.Asked} answers; in all {JudgeTable.Tokens(progress.Spent, limits)}; about {left:hh\\:mm\\:ss} left");
        }
    }

    /// <summary>Takes why it waits.</summary>
    public void Retry(ChatRetry retry)
    {
        lock (_gate)
        {
            if (_lastRetry == 0 || Stopwatch.GetElapsedTime(_lastRetry) >= Pause)
            {
                _lastRetry = Stopwatch.GetTimestamp();
                output.WriteLine(FormattableString.Invariant($"again in {retry.Delay.TotalSeconds:0.0} seconds: {retry.Reason}"));
            }
        }
    }
}
