using System.Runtime.InteropServices;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Tests;

/// <summary>
/// Stands for a GPU where there is none. Tensors of torch's meta device have shapes, types and a device but no values, so that whatever reads one on the
/// host throws, and kernels of our own, which are for the CPU, do not run. Import MetaDevice.props into a test project to have it.
/// </summary>
internal static partial class MetaDevice
{
    private const string Library = "alignment_meta";

    /// <summary>The device.</summary>
    public static Device Device { get; } = Load();

    /// <summary>A model that is as small as it may be, with grouped heads and tied vectors.</summary>
    public static ModelConfig Config { get; } = new()
    {
        ModelType = "llama",
        VocabularySize = 32,
        Width = 16,
        Layers = 2,
        Heads = 2,
        KeyValueHeads = 1,
        HeadSize = 8,
        InnerWidth = 24,
        MaxPositions = 32,
        TiedEmbeddings = true,
        EosIds = [3],
    };

    /// <summary>A language model there.</summary>
    public static CausalLm CausalLm(ModelConfig config, ScalarType computeType = ScalarType.Float32) =>
        ModelFolder.CreateCausalLm(config, seed: 1, Device, computeType);

    /// <summary>A reward or value model there.</summary>
    public static ScalarHeadModel ScalarHead(ModelConfig config, ScalarType computeType = ScalarType.Float32) =>
        ModelFolder.CreateScalarHead(config, seed: 1, Device, computeType);

    /// <summary>A classifier there.</summary>
    public static SequenceClassifier Classifier(ModelConfig config, LabelSet labels, ScalarType computeType = ScalarType.Float32) =>
        ModelFolder.CreateClassifier(config, labels, seed: 1, Device, computeType);

    /// <summary>
    /// Runs something as a GPU would: it fails where a value is read, where an operator is given tensors of the device and of the CPU, and where
    /// a tensor is sent to the device and waited for.
    /// </summary>
    /// <param name="step">What to run, on this thread.</param>
    /// <returns>How many tensors were sent to the device.</returns>
    public static unsafe long Run(Action step)
    {
        var watch = am_begin();
        long sent;
        string problems;
        try
        {
            step();
        }
        finally
        {
            problems = Marshal.PtrToStringUTF8((nint)am_end(watch, &sent))!;
        }

        problems.ShouldBeEmpty();
        return sent;
    }

    // Kernels that libtorch lacks on the device are there from the first call on.
    private static unsafe Device Load()
    {
        long sent;
        am_end(am_begin(), &sent);
        return new Device(DeviceType.META);
    }

    [LibraryImport(Library)]
    private static partial ulong am_begin();

    [LibraryImport(Library)]
    private static unsafe partial byte* am_end(ulong watch, long* sent);
}
