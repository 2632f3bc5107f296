using System.Diagnostics;

namespace Alignment.Core.Memory;

/// <summary>What this process takes of the machine's memory.</summary>
public static class ProcessMemory
{
    /// <summary>The most it has held at once so far, in bytes (Linux: VmHWM).</summary>
    public static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
