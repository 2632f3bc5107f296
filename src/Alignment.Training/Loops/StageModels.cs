using Alignment.Core.Checkpoints;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Core.Numerics;

namespace Alignment.Training.Loops;

/// <summary>Loads the models that a stage trains: in full, or with a new adapter on a frozen base. A folder that holds an adapter itself is merged in memory first.</summary>
public static class StageModels
{
    /// <summary>A language model to train.</summary>
    /// <param name="options">Device, precision, adapter.</param>
    /// <param name="folder">A model or adapter folder.</param>
    /// <param name="seed">The stage's.</param>
    /// <exception cref="InvalidDataException">Not a language model, or an adapter that does not fit it.</exception>
    public static CausalLm LoadCausalLm(TrainingOptions options, string folder, long seed)
    {
        var model = ModelFolder.LoadCausalLm(folder, Devices.Parse(options.Device), options.Dtype.ToScalarType(), options.Quantization);
        model.GradientCheckpointing = options.GradientCheckpointing;
        return Prepared(model, () => Add(options, folder, seed, model.AddAdapter));
    }

    /// <summary>A model with a scalar head to train; the head is always trained in full.</summary>
    /// <param name="options">Device, precision, adapter.</param>
    /// <param name="folder">A language model's or a reward model's folder.</param>
    /// <param name="seed">The stage's.</param>
    /// <param name="headDeviation">Of a new head; see <see cref="ModelFolder.LoadScalarHead"/>.</param>
    /// <param name="heads">How many heads it must have; see <see cref="ModelFolder.LoadScalarHead"/>.</param>
    /// <exception cref="InvalidDataException">Weights that do not fit, or an adapter that does not fit them.</exception>
    public static ScalarHeadModel LoadScalarHead(TrainingOptions options, string folder, long seed, double? headDeviation = null, int? heads = null)
    {
        var model = ModelFolder.LoadScalarHead(
            folder, Seeds.Derive(seed, "init"), headDeviation, Devices.Parse(options.Device), options.Dtype.ToScalarType(), options.Quantization, heads);
        model.GradientCheckpointing = options.GradientCheckpointing;
        return Prepared(model, () => Add(options, folder, seed, model.AddAdapter));
    }

    /// <summary>A classifier to train, with the head that the folder has for these labels or a new one; the head is always trained in full.</summary>
    /// <param name="options">Device, precision, adapter.</param>
    /// <param name="folder">A classifier's, a language model's, or that of an encoder without a head.</param>
    /// <param name="labels">What it is to tell apart.</param>
    /// <param name="seed">The stage's.</param>
    /// <exception cref="InvalidDataException">Weights that do not fit, or an adapter that does not fit them.</exception>
    public static SequenceClassifier LoadClassifier(TrainingOptions options, string folder, LabelSet labels, long seed)
    {
        var model = ModelFolder.LoadClassifier(folder, labels, Seeds.Derive(seed, "init"), Devices.Parse(options.Device), options.Dtype.ToScalarType(), options.Quantization);
        model.GradientCheckpointing = options.GradientCheckpointing;
        return Prepared(model, () => Add(options, folder, seed, model.AddAdapter));
    }

    /// <summary>What training takes of the memory.</summary>
    /// <param name="options">Adapter, quantisation, checkpoints, precision, accumulation.</param>
    /// <param name="config">The model's.</param>
    /// <param name="folder">Where it comes from.</param>
    /// <param name="rows">Sequences of a micro-batch.</param>
    /// <param name="length">Tokens of the longest sequence.</param>
    /// <param name="dropout">Whether dropout is on.</param>
    /// <param name="scalarHead">Whether the model has a scalar head.</param>
    /// <param name="tokens">Most tokens of a micro-batch, without padding and with shared beginnings once; null: all that the rows can have.</param>
    public static MemoryEstimate Memory(
        TrainingOptions options, ModelConfig config, string folder, int rows, int length, bool dropout, bool scalarHead = false, long? tokens = null) =>
        MemoryEstimate.Training(config, new TrainingShape
        {
            Rows = rows,
            Length = length,
            Tokens = tokens,
            Lora = options.Lora?.ToConfig(folder),
            Quantization = options.Quantization,
            Checkpointing = options.GradientCheckpointing,
            Dropout = dropout,
            BFloat16 = options.Dtype == ComputePrecision.Bf16,
            Accumulates = options.GradientAccumulationSteps > 1,
            ScalarHead = scalarHead,
        });

    private static void Add(TrainingOptions options, string folder, long seed, Action<Core.Lora.LoraConfig, long> add)
    {
        if (options.Lora is { } lora)
        {
            add(lora.ToConfig(folder), Seeds.Derive(seed, "adapter"));
        }
    }

    private static T Prepared<T>(T model, Action prepare)
        where T : IDisposable
    {
        try
        {
            prepare();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
