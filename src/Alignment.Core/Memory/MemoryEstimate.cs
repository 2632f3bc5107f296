using System.Globalization;
using Alignment.Core.Kernels;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using Alignment.Core.Numerics;

namespace Alignment.Core.Memory;

/// <summary>What training takes at its peak, in bytes, told before it starts; the formulas are those of docs/algorithms/lora.md.</summary>
/// <param name="Weights">Parameters and quantised weights of every model in memory.</param>
/// <param name="Gradients">One number for each trained parameter.</param>
/// <param name="Optimizer">AdamW's two moments of each trained parameter.</param>
/// <param name="Activations">What the forward pass of a micro-batch keeps for the backward pass.</param>
/// <param name="Logits">The vocabulary's logits that are kept for the backward pass, and those of a chunk beside them.</param>
/// <param name="StepBuffers">What an optimizer step needs for a moment; nothing where the binding makes it in one pass.</param>
/// <param name="GradientsBelowActivations">Gradients that exist while all activations do: the output layer's, and those of earlier micro-batches.</param>
/// <param name="TrainedParameters">How many numbers are trained.</param>
public sealed record MemoryEstimate(
    long Weights, long Gradients, long Optimizer, long Activations, long Logits, long StepBuffers, long GradientsBelowActivations, long TrainedParameters)
{
    /// <summary>What the program itself and its libraries take.</summary>
    public const long Runtime = 240L << 20;

    private const int Real = sizeof(float);
    private const double UnevenGaps = 0.05;
    private const double GapsOfTheHeap = 0.1;
    private const double UnevenGapsOfTheHeap = 0.25;

    /// <summary>
    /// What is lost between what comes and goes, as measured. Where large tensors have memory of their own: nothing, and a twentieth where micro-batches of other lengths
    /// follow each other. In the C library's heap: a tenth and a quarter.
    /// </summary>
    public double Gaps { get; init; }

    /// <summary>What the backward pass of one layer needs for a moment; with checkpoints also what the layer keeps when it runs again.</summary>
    public long Passing { get; init; }

    /// <summary>What is left of the activations when the first layer has its gradients: its own.</summary>
    public long FirstLayer { get; init; }

    /// <summary>
    /// The peak: weights, moments, and the most of what comes one after the other: activations with logits, or with the last layer's backward pass; all gradients with the
    /// first layer's backward pass, or with the update.
    /// </summary>
    public long Total
    {
        get
        {
            var begin = Activations + GradientsBelowActivations + Math.Max(Logits, Passing);
            var end = Gradients + Math.Max(StepBuffers, FirstLayer + Passing);
            return Runtime + Weights + Optimizer + (long)(Math.Max(begin, end) * (1 + Gaps));
        }
    }

    /// <summary>Training one model.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="shape">Batch, adapter, precision.</param>
    public static MemoryEstimate Training(ModelConfig config, TrainingShape shape)
    {
        var parameters = Parameters(config, shape);
        var trained = parameters.Where(item => item.IsTrained).Sum(item => item.Count) + parameters.Sum(item => item.Update);
        var largest = Math.Max(parameters.Where(item => item.IsTrained).Select(item => item.Count).DefaultIfEmpty().Max(), parameters.Max(item => item.Update));
        var head = shape.ScalarHead ? 0 : parameters.Where(item => item.IsTrained && (item.IsOutput || (config.TiedEmbeddings && item.IsTokens))).Sum(item => item.Count);
        return new MemoryEstimate(
            Weights: parameters.Sum(item => item.Bytes) + (Real * parameters.Sum(item => item.Update)),
            Gradients: Real * trained,
            Optimizer: 2 * Real * trained,
            Activations: ActivationMemory.Of(config, shape) + (shape.Quantization == Quantization.None ? 0 : 3L * Real * parameters.Max(item => item.IsQuantized ? item.Count : 0)),
            Logits: shape.ScalarHead ? 0 : LogitBytes(config, shape),
            StepBuffers: NativeKernels.IsAvailable ? 0 : 2 * Real * largest,
            GradientsBelowActivations: Real * (head + (shape.Accumulates ? trained : 0)),
            TrainedParameters: trained)
        {
            Gaps = (NativeKernels.IsAvailable && RuntimeOptions.FromEnvironment() is { Tune: true, TuneAllocator: true }, shape.Tokens is null) switch
            {
                (true, true) => 0,
                (true, false) => UnevenGaps,
                (false, true) => GapsOfTheHeap,
                (false, false) => UnevenGapsOfTheHeap,
            },
            Passing = ActivationMemory.Passing(config, shape) + (shape.Checkpointing ? ActivationMemory.OfLayer(config, shape) : 0),
            FirstLayer = shape.Checkpointing ? 0 : ActivationMemory.OfLayer(config, shape),
        };
    }

    /// <summary>A model that is asked only: its weights.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="scalarHead">Whether it has a scalar head.</param>
    public static MemoryEstimate Inference(ModelConfig config, bool scalarHead = false) =>
        new(Real * ParameterShapes.Of(config, scalarHead).Sum(item => Count(item.Shape)), 0, 0, 0, 0, 0, 0, 0);

    /// <summary>
    /// Models side by side that work one after the other: what one model's step has let go, the next one's takes.
    /// </summary>
    /// <param name="models">At least one.</param>
    public static MemoryEstimate Together(params IReadOnlyList<MemoryEstimate> models) => new(
        models.Sum(model => model.Weights),
        models.Max(model => model.Gradients),
        models.Sum(model => model.Optimizer),
        models.Max(model => model.Activations),
        models.Max(model => model.Logits),
        models.Max(model => model.StepBuffers),
        models.Max(model => model.GradientsBelowActivations),
        models.Sum(model => model.TrainedParameters))
    {
        Gaps = models.Max(model => model.Gaps),
        Passing = models.Max(model => model.Passing),
        FirstLayer = models.Max(model => model.FirstLayer),
    };

    /// <summary>The sum and its parts, for people.</summary>
    public override string ToString() =>
        $"about {Text(Total)}: weights {Text(Weights)}, optimizer {Text(Optimizer)}, gradients {Text(Gradients)}, activations {Text(Activations)}, logits {Text(Logits)}, program {Text(Runtime)}";

    /// <summary>Bytes in MB or GB.</summary>
    public static string Text(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.00} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MB");

    private static List<Item> Parameters(ModelConfig config, TrainingShape shape)
    {
        var names = config.Family.Names;
        var layers = $"{names.Backbone}.{names.Layers}.";
        string[] tables = [$"{names.Backbone}.{names.TokenEmbedding}.weight", $"{names.Backbone}.{names.PositionEmbedding}.weight"];
        return [.. ParameterShapes.Of(config, shape.ScalarHead).Select(item =>
        {
            var module = item.Name[..Math.Max(0, item.Name.LastIndexOf('.'))];
            var isTable = tables.Contains(item.Name);
            var isTokens = item.Name == tables[0];
            var isHead = !item.Name.StartsWith(names.Backbone + ".", StringComparison.Ordinal);
            var isProjection = item.Shape.Length == 2 && !isTable && !(isHead && shape.ScalarHead);
            var isSaved = shape.Lora is null || shape.Lora.Saves(item.Name) || (isHead && shape.ScalarHead);
            var isUpdated = !isSaved && isProjection && shape.Lora!.Targets!.Include(module, isHead);
            var isQuantized = shape.Quantization != Quantization.None && isProjection && item.Name.StartsWith(layers, StringComparison.Ordinal);
            var count = Count(item.Shape);
            return new Item(
                count,
                isSaved,
                isHead && !shape.ScalarHead,
                isTokens,
                isQuantized,
                isUpdated ? (shape.Lora!.RankOf(module) * item.Shape.Sum()) + (shape.Lora.Dora ? item.Shape[names.StoredTransposed ? 1 : 0] : 0) : 0,
                shape.Quantization switch
                {
                    Quantization.Nf4 when isQuantized => (count / 2) + (count / 64) + (count / 4096) + 2048,
                    Quantization.Int8 when isQuantized => count + (Real * item.Shape.Max()),
                    _ => Real * count * (shape.Lora is not null && isSaved && !(isHead && shape.ScalarHead) ? 2 : 1), // the first weights of a saved module stay beside the trained ones
                });
        })];
    }

    /// <summary>Where one pass gives log-probs and gradient, the kept chunk and the next; else a chunk and what libtorch's operators make of it.</summary>
    private static long LogitBytes(ModelConfig config, TrainingShape shape)
    {
        var number = shape.BFloat16 ? sizeof(short) : Real;
        var targets = Math.Min(shape.Targets ?? int.MaxValue, ActivationMemory.Tokens(config, shape));
        var fitting = TokenLogProbs.Fitting(config.VocabularySize, number);
        return NativeKernels.IsAvailable && config.LogitSoftCap is null && !config.HeadBias
            ? Math.Min(2 * fitting, targets) * config.VocabularySize * number
            : 3 * Math.Min(fitting, targets) * config.VocabularySize * Real;
    }

    private static long Count(long[] shape) => shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>One parameter: its numbers, whether it is trained in full, the numbers of its update, and what it takes.</summary>
    private readonly record struct Item(long Count, bool IsTrained, bool IsOutput, bool IsTokens, bool IsQuantized, long Update, long Bytes);
}
