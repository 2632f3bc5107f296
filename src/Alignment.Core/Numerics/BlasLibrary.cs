using System.Runtime.InteropServices;

namespace Alignment.Core.Numerics;

/// <summary>
/// Debian's libtorch takes whichever BLAS the system's alternatives point at. Its pthread OpenBLAS and libtorch's OpenMP pool fight over the
/// cores: a matrix product right after an elementwise operator measured 71 instead of 437 GFLOP/s. The OpenMP build shares the pool.
/// </summary>
internal static class BlasLibrary
{
    // The dependency first: a library is found by its soname when a later one needs it.
    private static readonly string[] Libraries = ["libopenblas.so.0", "libblas.so.3", "liblapack.so.3"];

    internal static IEnumerable<RuntimeSetting> Prepare(RuntimeOptions options) =>
        Prepare(options, SystemFolder(), UsesSystemTorch(), Libc.GetVariable, Libc.SetVariable, Libc.Load);

    internal static IEnumerable<RuntimeSetting> Prepare(
        RuntimeOptions options, string systemFolder, bool usesSystemTorch, Func<string, string?> get, Action<string, string?> set, Func<string, string?> load)
    {
        const string Name = "BLAS library";
        if (!options.OpenMpBlas)
        {
            return [new RuntimeSetting(Name, null, null, "left to the system, as asked by ALIGNMENT_OPENMP_BLAS=0")];
        }

        if (!usesSystemTorch)
        {
            return [new RuntimeSetting(Name, null, null, "this libtorch brings its own")];
        }

        var folder = Path.Combine(systemFolder, "openblas-openmp");
        var reason = $"{folder} is not there (Debian: apt install libopenblas0-openmp)";
        if (Directory.Exists(folder))
        {
            reason = Libraries.Select(library => Path.Combine(folder, library)).Where(File.Exists).Select(load).FirstOrDefault(error => error != null);
            if (reason == null)
            {
                return [new RuntimeSetting(Name, null, folder, "one OpenMP pool serves libtorch and BLAS")];
            }
        }

        // The next best: OpenBLAS's own threads sleep soon instead of spinning against libtorch's.
        const string Timeout = "OPENBLAS_THREAD_TIMEOUT";
        var found = get(Timeout);
        if (found == null)
        {
            set(Timeout, "4");
        }

        return
        [
            new RuntimeSetting(Name, null, null, $"the OpenMP build of OpenBLAS cannot be had: {reason}"),
            new RuntimeSetting(Timeout, found, found ?? "4", found == null ? "BLAS's threads must not spin against libtorch's" : "the environment's"),
        ];
    }

    // A libtorch of LIBTORCH's, or one beside the program, has its own BLAS inside.
    private static bool UsesSystemTorch()
    {
        var runtime = Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native", "libtorch_cpu.so");
        return string.IsNullOrEmpty(Environment.GetEnvironmentVariable("LIBTORCH"))
            && !File.Exists(runtime)
            && !File.Exists(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"))
            && File.Exists(Path.Combine(SystemFolder(), "libtorch_cpu.so"));
    }

    private static string SystemFolder() => RuntimeInformation.ProcessArchitecture == Architecture.Arm64
        ? "/usr/lib/aarch64-linux-gnu"
        : "/usr/lib/x86_64-linux-gnu";
}
