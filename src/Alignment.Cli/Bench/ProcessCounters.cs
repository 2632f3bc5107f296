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

        // Read into the stack: what this allocates would count as the step's.
        using var file = File.OpenHandle(Self);
        Span<byte> text = stackalloc byte[1024];
        text = text[..RandomAccess.Read(file, text, 0)];

        // Behind the name, which may hold anything, the fields from the third on: minflt is field 10, utime 14, stime 15.
        ReadOnlySpan<byte> fields = text[(text.LastIndexOf((byte)')') + 2)..];
        Span<long> values = stackalloc long[16];
        var number = 3;
        foreach (var range in fields.Split((byte)' '))
        {
            if (number is 10 or 14 or 15)
            {
                values[number] = long.Parse(fields[range], CultureInfo.InvariantCulture);
            }

            number++;
        }

        return new ProcessCounters((values[14] + values[15]) / TicksPerSecond, values[15] / TicksPerSecond, values[10], allocated);
    }

    public static ProcessCounters operator -(ProcessCounters later, ProcessCounters earlier) => new(
        later.CpuSeconds - earlier.CpuSeconds,
        later.SystemSeconds - earlier.SystemSeconds,
        later.MinorFaults - earlier.MinorFaults,
        later.AllocatedBytes - earlier.AllocatedBytes);
}
