using System.Globalization;

namespace Alignment.Core.Numerics;

/// <summary>Which environment the process should have, by the options, what it has, and the processor. Changes nothing.</summary>
internal sealed class RuntimePlan(RuntimeOptions options, Func<string, string?> variable, int? realCores)
{
    private static readonly string[] Capabilities = [RuntimeOptions.Auto, RuntimeOptions.Keep, "default", "avx2", "avx512"];

    /// <summary>Threads of one operator, and who says so; null: libtorch's own default.</summary>
    internal int? Threads(out string source)
    {
        if (options.Threads is { } asked)
        {
            source = "asked by ALIGNMENT_THREADS or the options";
            return asked;
        }

        var found = variable("OMP_NUM_THREADS");
        if (int.TryParse(found?.Split(',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var given) && given > 0)
        {
            source = "OMP_NUM_THREADS of the environment";
            return given;
        }

        source = realCores == null
            ? "left to libtorch: the real cores cannot be told here"
            : "the real cores of this process; libtorch's own default may be half of them";
        return realCores;
    }

    internal IEnumerable<RuntimeSetting> Variables(bool hasAvx512, bool hasAvx2)
    {
        var threads = Threads(out var source)?.ToString(CultureInfo.InvariantCulture);
        yield return new RuntimeSetting("OMP_NUM_THREADS", variable("OMP_NUM_THREADS"), threads ?? variable("OMP_NUM_THREADS"), source);
        yield return Spinning();
        yield return BlasCore(hasAvx512, hasAvx2);
        if (options.BlasCore == RuntimeOptions.Auto && variable("OPENBLAS_L2_SIZE") is { } cache)
        {
            yield return new RuntimeSetting("OPENBLAS_L2_SIZE", cache, null, "OpenBLAS asks the processor itself");
        }

        yield return Aten(hasAvx512);
        if (!options.TuneAllocator)
        {
            yield return new RuntimeSetting(RuntimeOptions.Allocator, variable(RuntimeOptions.Allocator), "0", "large tensors come from where libtorch takes them, as asked");
        }
    }

    // A thread that waits at the end of an operator spins for its partner. Where a neighbour has the partner's core, that burns whole time slices:
    // 200 small products with elementwise ops took 5000 ms on a busy machine, 70 ms with this bound, and 10.7 ms either way on a quiet one.
    private RuntimeSetting Spinning()
    {
        const string Name = "GOMP_SPINCOUNT";
        var found = variable(Name);
        return found != null || variable("OMP_WAIT_POLICY") != null
            ? new RuntimeSetting(Name, found, found, "the environment says how threads wait")
            : new RuntimeSetting(Name, null, "1000", "waiting threads give a busy machine's cores back soon");
    }

    private RuntimeSetting BlasCore(bool hasAvx512, bool hasAvx2)
    {
        const string Name = "OPENBLAS_CORETYPE";
        var found = variable(Name);
        if (options.BlasCore == RuntimeOptions.Keep)
        {
            return new RuntimeSetting(Name, found, found, "left as found, as asked");
        }

        if (options.BlasCore != RuntimeOptions.Auto)
        {
            return new RuntimeSetting(Name, found, options.BlasCore, "asked by ALIGNMENT_BLAS_CORE or the options");
        }

        // Measured on Zen 5: Haswell kernels 226-243, Zen 223-236, SkylakeX 426-470 GFLOP/s in fp32.
        return (hasAvx512, hasAvx2) switch
        {
            (true, _) => Chosen("SkylakeX", "this processor has AVX-512"),
            (_, true) => Chosen("Haswell", "this processor has AVX2"),
            _ => new RuntimeSetting(Name, found, found, "left to OpenBLAS on this processor"),
        };

        RuntimeSetting Chosen(string core, string why) =>
            new(Name, found, core, found == null || found == core ? why : $"{why}; the environment's '{found}' would be slower or wrong (ALIGNMENT_BLAS_CORE=keep keeps it)");
    }

    private RuntimeSetting Aten(bool hasAvx512)
    {
        const string Name = "ATEN_CPU_CAPABILITY";
        if (!Capabilities.Contains(options.AtenCapability))
        {
            throw new InvalidDataException(
                $"ATen has no capability '{options.AtenCapability}' (ALIGNMENT_ATEN_CAPABILITY); give one of {string.Join(", ", Capabilities)}.");
        }

        var found = variable(Name);
        if (options.AtenCapability is RuntimeOptions.Auto or RuntimeOptions.Keep)
        {
            return options.AtenCapability == RuntimeOptions.Auto && found == null && hasAvx512
                ? new RuntimeSetting(Name, null, "avx512", "this processor has AVX-512")
                : new RuntimeSetting(Name, found, found, found == null ? "left to libtorch" : "the environment's");
        }

        return new RuntimeSetting(Name, found, options.AtenCapability, "asked by ALIGNMENT_ATEN_CAPABILITY or the options");
    }
}
