using System.Collections;
using System.Globalization;

namespace Alignment.Core.Numerics;

/// <summary>What <see cref="TorchRuntime.Initialize"/> may change about the process before libtorch loads. Every setting is on by default.</summary>
public sealed record RuntimeOptions
{
    /// <summary>"auto": the best value for this machine. "keep": leave what the environment has.</summary>
    public const string Auto = "auto";

    /// <inheritdoc cref="Auto"/>
    public const string Keep = "keep";

    /// <summary>The variable that the binding reads too, when it is loaded.</summary>
    internal const string Allocator = "ALIGNMENT_ALLOCATOR";

    /// <summary>False leaves everything as it is found. ALIGNMENT_TUNE=0.</summary>
    public bool Tune { get; init; } = true;

    /// <summary>Threads of one operator; null: OMP_NUM_THREADS when it is set, else the real cores. ALIGNMENT_THREADS.</summary>
    public int? Threads { get; init; }

    /// <summary>OpenBLAS's kernels: auto, keep, or a core type of OpenBLAS such as SkylakeX or Haswell. ALIGNMENT_BLAS_CORE.</summary>
    public string BlasCore { get; init; } = Auto;

    /// <summary>ATen's elementwise kernels: auto, keep, default, avx2 or avx512. ALIGNMENT_ATEN_CAPABILITY.</summary>
    public string AtenCapability { get; init; } = Auto;

    /// <summary>One OpenMP pool for libtorch and BLAS, by Debian's OpenMP build of OpenBLAS where it is installed. ALIGNMENT_OPENMP_BLAS=0.</summary>
    public bool OpenMpBlas { get; init; } = true;

    /// <summary>Keep freed memory in the process instead of faulting it in again for each large tensor, and large tensors apart from the rest. ALIGNMENT_ALLOCATOR=0.</summary>
    public bool TuneAllocator { get; init; } = true;

    /// <summary>The options that the environment's ALIGNMENT_* variables ask for.</summary>
    /// <exception cref="InvalidDataException">A variable has a value that cannot be read.</exception>
    public static RuntimeOptions FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariables());

    internal static RuntimeOptions FromEnvironment(IDictionary variables) => new()
    {
        Tune = Switch(variables, "ALIGNMENT_TUNE"),
        Threads = Count(variables, "ALIGNMENT_THREADS"),
        BlasCore = Text(variables, "ALIGNMENT_BLAS_CORE") ?? Auto,
        AtenCapability = Text(variables, "ALIGNMENT_ATEN_CAPABILITY") ?? Auto,
        OpenMpBlas = Switch(variables, "ALIGNMENT_OPENMP_BLAS"),
        TuneAllocator = Switch(variables, Allocator),
    };

    private static string? Text(IDictionary variables, string name) =>
        variables[name] is string value && value.Trim().Length > 0 ? value.Trim() : null;

    private static bool Switch(IDictionary variables, string name) => Text(variables, name)?.ToLowerInvariant() switch
    {
        null or "1" or "true" or "on" or "yes" => true,
        "0" or "false" or "off" or "no" => false,
        var other => throw new InvalidDataException($"The environment variable {name} is '{other}'; give 1 or 0, or unset it."),
    };

    private static int? Count(IDictionary variables, string name)
    {
        if (Text(variables, name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new InvalidDataException($"The environment variable {name} is '{text}'; give a number of threads from 1 up, or unset it.");
    }
}
