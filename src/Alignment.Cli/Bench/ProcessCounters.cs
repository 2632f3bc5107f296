using System.Globalization;

namespace Alignment.Cli.Bench;

/// <summary>What the process has taken so far, by /proc (zeros elsewhere) and the runtime.</summary>
/// <param name="CpuSeconds">User and system, of all threads.</param>
/// <param name="SystemSeconds">Of these, the kernel's.</param>
/// <param name="MinorFaults">Pages given.</param>
/// <param name="AllocatedBytes">Managed memory ever allocated.</param>
internal readonly record struct ProcessCounters(double CpuSeconds, double SystemSeconds, long MinorFaults, long AllocatedBytes)
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux of today
    private const string Self = "/proc/self/stat";

    public static ProcessCounters Now()
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        if (!File.Exists(Self))
        {
            return new ProcessCounters(0, 0, 0, allocated);
        }

        // Behind the name, which may hold anything, the fields from the third on: minflt is field 10, utime 14, stime 15.
        var text = File.ReadAllText(Self);
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        return new ProcessCounters((Field(14) + Field(15)) / TicksPerSecond, Field(15) / TicksPerSecond, Field(10), allocated);
    }

    public static ProcessCounters operator -(ProcessCounters later, ProcessCounters earlier) => new(
        later.CpuSeconds - earlier.CpuSeconds,
        later.SystemSeconds - earlier.SystemSeconds,
        later.MinorFaults - earlier.MinorFaults,
        later.AllocatedBytes - earlier.AllocatedBytes);
}
