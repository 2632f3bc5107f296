using System.Globalization;

namespace Alignment.Core.Numerics;

/// <summary>How many cores this process may really use at once.</summary>
internal static class RealCores
{
    private const string Topology = "/sys/devices/system/cpu";

    /// <summary>Cores within the affinity mask and the container's limit; hardware threads of one core count once. Null: cannot be told here.</summary>
    internal static int? Count()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/proc/self/status"))
        {
            return null;
        }

        // .NET's count already respects the affinity mask and the cgroup's CPU limit, but counts hardware threads.
        var allowed = Environment.ProcessorCount;
        var mask = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal));
        var cores = mask == null ? 0 : DistinctCores(ParseList(mask["Cpus_allowed_list:".Length..]), SiblingsOf);
        return cores == 0 ? allowed : Math.Min(allowed, cores);
    }

    /// <summary>The number of cores behind the given processors; 0 when one's siblings cannot be told.</summary>
    internal static int DistinctCores(IEnumerable<int> processors, Func<int, string?> siblingsOf)
    {
        var cores = new HashSet<string>();
        foreach (var processor in processors)
        {
            if (siblingsOf(processor) is not { } siblings)
            {
                return 0;
            }

            cores.Add(siblings);
        }

        return cores.Count;
    }

    /// <summary>Numbers out of the kernel's list form, "0-3,8".</summary>
    internal static IReadOnlyList<int> ParseList(string list)
    {
        var numbers = new List<int>();
        foreach (var part in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            var last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
            numbers.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return numbers;
    }

    private static string? SiblingsOf(int processor)
    {
        var path = $"{Topology}/cpu{processor}/topology/thread_siblings_list";
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }
}
