using Alignment.Core.Kernels;
using Alignment.Core.Models;

namespace Alignment.Core.Memory;

/// <summary>What a forward pass keeps for the backward pass, counted tensor by tensor as the blocks compute.</summary>
internal static class ActivationMemory
{
    private const int Real = sizeof(float);

    /// <summary>Bytes that a micro-batch's forward pass keeps: every layer's, or with checkpoints every layer's input, and what lies at the ends.</summary>
    public static long Of(ModelConfig config, TrainingShape shape) =>
        Tokens(config, shape) * ((config.Layers * (shape.Checkpointing ? Real * config.Width : Layer(config, shape))) + Ends(config, shape));

    /// <summary>Bytes that one layer keeps for its backward pass: with checkpoints these come only when it runs again.</summary>
    public static long OfLayer(ModelConfig config, TrainingShape shape) => Tokens(config, shape) * Layer(config, shape);

    /// <summary>Bytes that live within one layer's backward pass only: the gradients between its products, and without kernels scores and theirs.</summary>
    public static long Passing(ModelConfig config, TrainingShape shape)
    {
        long width = config.Width, inner = config.InnerWidth;
        return Tokens(config, shape) * (Fuses(config, shape)
            ? (Number(shape) * (((config.GatedFeedForward ? 3 : 2) * inner) + width)) + (2L * Real * width) // of product, gate and up; of the residual stream
            : Real * Math.Max(4L * config.Heads * shape.Length, 5 * inner));
    }

    /// <summary>Tokens that run: without padding where rows are packed.</summary>
    public static long Tokens(ModelConfig config, TrainingShape shape) => Fuses(config, shape) && shape.Tokens is { } packed ? packed : (long)shape.Rows * shape.Length;

    /// <summary>Bytes that one layer keeps for each token.</summary>
    private static long Layer(ModelConfig config, TrainingShape shape)
    {
        var number = Number(shape);
        long width = config.Width, inner = config.InnerWidth;
        var queries = (long)config.Heads * config.HeadSize;
        var keys = (long)config.KeyValueHeads * config.HeadSize;
        var scores = (long)config.Heads * shape.Length;
        var fused = Fuses(config, shape);
        var norms = config.NormPlacement == NormPlacement.Around ? 4 : 2;
        var normed = Real * width * norms * (shape.Lora is null && !fused && config.Norm != NormKind.Layer ? 2L : 1); // a trained scale keeps what it scales
        var attention = (number * (width + (2 * queries) + (2 * keys))) + (fused ? (long)Real * config.Heads : (2 * scores * Real) + (shape.BFloat16 ? scores * number : 0));
        var feedForward = number * (width + ((!config.GatedFeedForward ? 2 : fused && config.Activation == ActivationKind.Silu ? 3 : 4) * inner));
        if (shape is { Dropout: true, Lora.Dropout: > 0 })
        {
            // A frozen weight needs its input for nothing, and its update reads what dropout leaves of it.
            attention -= number * width;
            feedForward -= number * (width + inner);
        }

        if (config.QueryKeyNorm != QueryKeyNorm.None)
        {
            attention += Real * (queries + keys);
        }

        if (shape.Dropout)
        {
            attention += config.AttentionDropout > 0 ? 2L * Real * scores : 0;
            feedForward += config.ResidualDropout > 0 ? 2L * Real * width : 0;
        }

        return normed + attention + feedForward + Updates(config, shape, number);
    }

    /// <summary>What the updates of one layer keep for each token: their inner values, with DoRA two outputs, and where there is dropout its mask and what it leaves.</summary>
    private static long Updates(ModelConfig config, TrainingShape shape, long number)
    {
        if (shape.Lora is not { } lora)
        {
            return 0;
        }

        var names = config.Family.Names;
        var first = $"{names.Backbone}.{names.Layers}.0.";
        var bytes = 0L;
        foreach (var (name, size) in ParameterShapes.Of(config, scalarHead: true).Where(item => item.Name.StartsWith(first, StringComparison.Ordinal) && item.Shape.Length == 2))
        {
            var module = name[..name.LastIndexOf('.')];
            if (lora.Targets!.Include(module, isOutput: false) && !lora.Saves(module))
            {
                var (outputs, inputs) = names.StoredTransposed ? (size[1], size[0]) : (size[0], size[1]);
                bytes += number * (lora.RankOf(module) + (lora.Dora ? 2 * outputs : 0) + (shape.Dropout && lora.Dropout > 0 ? 2 * inputs : 0));
            }
        }

        return bytes;
    }

    /// <summary>Embedded tokens, their sum with positions or its like, the last norm and, where an output layer reads them, its rows.</summary>
    private static long Ends(ModelConfig config, TrainingShape shape) => ((3L * Real) + (shape.ScalarHead ? 0 : Number(shape))) * config.Width;

    /// <summary>Bytes of what flows between matrix products.</summary>
    private static long Number(TrainingShape shape) => shape.BFloat16 ? sizeof(short) : Real;

    /// <summary>Whether attention goes by blocks and norms keep their input only: what <see cref="Decoder.Fuses"/> says of the model.</summary>
    private static bool Fuses(ModelConfig config, TrainingShape shape) =>
        NativeKernels.IsAvailable && !config.IsEncoder && config.ScoreSoftCap is null && !(config.Window < shape.Length) && !(shape.Dropout && config.AttentionDropout > 0);
}
