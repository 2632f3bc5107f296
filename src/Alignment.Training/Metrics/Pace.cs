using System.Diagnostics;
using System.Globalization;

namespace Alignment.Training.Metrics;

/// <summary>How fast a loop goes and how long it has left, for log lines.</summary>
/// <param name="start">Steps done before this session.</param>
/// <param name="total">Steps in all.</param>
public sealed class Pace(long start, long total)
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    /// <summary>For instance <c>4.1 steps/s, 2m 05s left</c>; empty before the first step of the session.</summary>
    /// <param name="done">Steps done.</param>
    public string Describe(long done) => Describe(done, Stopwatch.GetElapsedTime(_begun));

    internal string Describe(long done, TimeSpan elapsed)
    {
        if (done <= start || elapsed <= TimeSpan.Zero)
        {
            return "";
        }

        var perSecond = (done - start) / elapsed.TotalSeconds;
        var left = TimeSpan.FromSeconds(Math.Round((total - done) / perSecond));
        var pace = perSecond >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{perSecond:0.0} steps/s")
            : string.Create(CultureInfo.InvariantCulture, $"{1 / perSecond:0.0} s/step");
        return done >= total ? pace : $"{pace}, {Format(left)} left";
    }

    /// <summary>For instance <c>45s</c>, <c>2m 05s</c>, <c>3h 07m</c>.</summary>
    internal static string Format(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{time.Seconds}s",
        { TotalHours: < 1 } => $"{time.Minutes}m {time.Seconds:00}s",
        _ => $"{(long)time.TotalHours}h {time.Minutes:00}m",
    };
}
