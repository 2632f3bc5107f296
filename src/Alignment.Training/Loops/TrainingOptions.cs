using System.ComponentModel;
using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Training.Guards;
using Alignment.Training.Options;
using Alignment.Training.Schedules;
using static TorchSharp.torch;

namespace Alignment.Training.Loops;

/// <summary>The options that every trained stage has; a stage's own record derives from it and sets its own defaults.</summary>
public record TrainingOptions : IValidatedOptions
{
    /// <summary>Optimizer steps; null trains for <see cref="Epochs"/>.</summary>
    [Description("optimizer steps; when left out, epochs count")]
    public int? MaxSteps { get; init; }

    /// <summary>Passes over the training rows.</summary>
    [Description("passes over the training rows; a part of one is fine")]
    public double Epochs { get; init; } = 1;

    /// <summary>Rows of one micro-batch.</summary>
    [Description("rows in memory at once")]
    public int BatchSize { get; init; } = 8;

    /// <summary>Micro-batches of one optimizer step.</summary>
    [Description("micro-batches per optimizer step; 8 of 1 row train like 1 of 8 rows")]
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>Peak learning rate.</summary>
    [Description("peak learning rate")]
    public double LearningRate { get; init; } = 1e-5;

    /// <summary>What follows the warm-up.</summary>
    [Description("learning rate after the warm-up")]
    public LearningRateShape LrSchedule { get; init; } = LearningRateShape.Linear;

    /// <summary>What is left of the learning rate at the end.</summary>
    [Description("learning rate at the end, as a part of the peak")]
    public double LrMinRatio { get; init; }

    /// <summary>Steps of warm-up; null takes <see cref="WarmupRatio"/>.</summary>
    [Description("steps of linear warm-up; when left out, warmup_ratio counts")]
    public int? WarmupSteps { get; init; }

    /// <summary>Warm-up as a part of the run.</summary>
    [Description("warm-up as a part of all steps")]
    public double WarmupRatio { get; init; }

    /// <summary>AdamW's decoupled decay of matrices; norms and biases have none.</summary>
    [Description("decoupled weight decay; none on norms and biases")]
    public double WeightDecay { get; init; }

    /// <summary>β₁ of AdamW.</summary>
    [Description("AdamW's first moment decay")]
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>β₂ of AdamW.</summary>
    [Description("AdamW's second moment decay")]
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>ε of AdamW.</summary>
    [Description("AdamW's epsilon")]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Gradients are scaled down to this global norm; 0 turns clipping off.</summary>
    [Description("global norm that gradients are clipped to; 0 turns it off")]
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Low-rank updates on frozen weights; null trains every weight.</summary>
    [Description("train low-rank updates on frozen weights (LoRA, DoRA) and not the weights themselves; left out: all weights")]
    public LoraOptions? Lora { get; init; }

    /// <summary>Whether the stage's model is whole weights although an adapter was trained.</summary>
    [Description("with lora: write the whole model with the updates in its weights, not an adapter")]
    public bool MergeAdapter { get; init; }

    /// <summary>How the frozen weights under <see cref="Lora"/> are held.</summary>
    [Description("with lora: how the frozen projections are held; nf4 takes an eighth of the memory, int8 a quarter (QLoRA)")]
    public Quantization Quantization { get; init; } = Quantization.None;

    /// <summary>Whether layers run again for their gradients instead of keeping what they computed.</summary>
    [Description("keep each layer's input only and run the layer again for its gradients: less memory, about a third more time, the same numbers")]
    public bool GradientCheckpointing { get; init; }

    /// <summary>Number type of the matrix products.</summary>
    [Description("number type of matrix products; weights stay fp32")]
    public ComputePrecision Dtype { get; init; } = ComputePrecision.Fp32;

    /// <summary>Where to compute.</summary>
    [Description("cpu, cuda or cuda:N")]
    public string Device { get; init; } = "cpu";

    /// <summary>Steps between evaluations on held-out rows; 0 evaluates at the end only.</summary>
    [Description("steps between evaluations on held-out rows; 0: at the end only")]
    public int EvalEvery { get; init; }

    /// <summary>Whether to evaluate before the first step too.</summary>
    [Description("evaluate before the first step too")]
    public bool EvalOnStart { get; init; }

    /// <summary>Rows of one evaluation batch; null takes <see cref="BatchSize"/>.</summary>
    [Description("rows of an evaluation batch; batch_size when left out")]
    public int? EvalBatchSize { get; init; }

    /// <summary>Steps between checkpoints; 0 writes one at the end only.</summary>
    [Description("steps between checkpoints; 0: at the end only")]
    public int SaveEvery { get; init; } = 100;

    /// <summary>How many of the newest checkpoints stay.</summary>
    [Description("how many of the newest checkpoints stay")]
    public int KeepLast { get; init; } = 2;

    /// <summary>An evaluation metric; the checkpoint that is best by it stays too.</summary>
    [Description("evaluation metric (such as eval_loss) whose best checkpoint stays too")]
    public string? KeepBest { get; init; }

    /// <summary>Which way <see cref="KeepBest"/> gets better.</summary>
    [Description("whether keep_best is better low or high")]
    public BestMode KeepBestMode { get; init; } = BestMode.Min;

    /// <summary>Whether the stage's model is the best checkpoint's instead of the last step's.</summary>
    [Description("end with the weights of the best checkpoint (needs keep_best)")]
    public bool LoadBest { get; init; }

    /// <summary>Number type of the weights in the model folder; checkpoints stay fp32.</summary>
    [Description("number type of the weights in the model folder")]
    public StoredPrecision SaveDtype { get; init; } = StoredPrecision.Fp32;

    /// <summary>Size beyond which the weights are split over several files; transformers' default.</summary>
    [Description("most weights in one file of the model folder, for instance 500MB; more make shards with an index")]
    public string MaxShardSize { get; init; } = "5GB";

    /// <summary>Steps between log lines, each the mean since the one before.</summary>
    [Description("steps between lines of metrics")]
    public int LogEvery { get; init; } = 10;

    /// <summary>What is watched besides; has no part in the fingerprint, because it changes no result.</summary>
    [Description("changes to the guards that watch the metrics, by name, and guards of your own (docs/guards.md); changing them does not start a run afresh")]
    public IReadOnlyDictionary<string, GuardOptions> Guards { get; init; } = new Dictionary<string, GuardOptions>();

    /// <summary>How the stage's model folder is written.</summary>
    /// <param name="copyTokenizer">Copies the tokenizer's files into the folder it is given.</param>
    /// <param name="generationConfig">From <see cref="GenerationConfigFile"/>.</param>
    /// <returns>The options.</returns>
    public SaveOptions ToSaveOptions(Action<string> copyTokenizer, byte[] generationConfig) => new()
    {
        Type = SaveDtype switch
        {
            StoredPrecision.Bf16 => ScalarType.BFloat16,
            StoredPrecision.Fp16 => ScalarType.Float16,
            _ => ScalarType.Float32,
        },
        MaxShardBytes = ByteSize.TryParse(MaxShardSize, out var bytes) ? bytes : SaveOptions.DefaultMaxShardBytes,
        CopyTokenizer = copyTokenizer,
        GenerationConfig = generationConfig,
    };

    /// <inheritdoc/>
    public virtual IEnumerable<string> Problems()
    {
        (bool Broken, string Text)[] rules =
        [
            (MaxSteps is < 1, $"max_steps is {MaxSteps}; it must be at least 1"),
            (!(Epochs > 0), $"epochs is {Epochs}; it must be above 0"),
            (BatchSize < 1, $"batch_size is {BatchSize}; it must be at least 1"),
            (GradientAccumulationSteps < 1, $"gradient_accumulation_steps is {GradientAccumulationSteps}; it must be at least 1"),
            (!(LearningRate > 0 && LearningRate < 1), $"learning_rate is {LearningRate}; it must be above 0 and below 1"),
            (LrMinRatio is < 0 or > 1, $"lr_min_ratio is {LrMinRatio}; it must be from 0 to 1"),
            (WarmupSteps is < 0, $"warmup_steps is {WarmupSteps}; it must be at least 0"),
            (WarmupRatio is < 0 or > 1, $"warmup_ratio is {WarmupRatio}; it must be from 0 to 1"),
            (WeightDecay < 0, $"weight_decay is {WeightDecay}; it must be at least 0"),
            (AdamBeta1 is < 0 or >= 1, $"adam_beta1 is {AdamBeta1}; it must be at least 0 and below 1"),
            (AdamBeta2 is < 0 or >= 1, $"adam_beta2 is {AdamBeta2}; it must be at least 0 and below 1"),
            (!(AdamEpsilon > 0), $"adam_epsilon is {AdamEpsilon}; it must be above 0"),
            (MaxGradNorm < 0, $"max_grad_norm is {MaxGradNorm}; it must be at least 0"),
            (EvalEvery < 0, $"eval_every is {EvalEvery}; it must be at least 0"),
            (EvalBatchSize is < 1, $"eval_batch_size is {EvalBatchSize}; it must be at least 1"),
            (SaveEvery < 0, $"save_every is {SaveEvery}; it must be at least 0"),
            (KeepLast < 1, $"keep_last is {KeepLast}; it must be at least 1"),
            (KeepBest is { } best && !best.StartsWith("eval_", StringComparison.Ordinal), $"keep_best is '{KeepBest}'; it must be an evaluation metric, whose name begins with eval_"),
            (LoadBest && KeepBest is null, "load_best is true, but keep_best names no metric; add one or remove load_best"),
            (MergeAdapter && Lora is null, "merge_adapter is true, but there is no lora; add it or remove merge_adapter"),
            (Quantization != Quantization.None && Lora is null, $"quantization is {Quantization.ToString().ToLowerInvariant()}, but there is no lora; weights in few bits cannot be trained themselves, add lora or remove quantization"),
            (!ByteSize.TryParse(MaxShardSize, out _), $"max_shard_size is '{MaxShardSize}'; it must be a size such as 5GB, 500MB or 100MiB"),
            (LogEvery < 1, $"log_every is {LogEvery}; it must be at least 1"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant($"{rule.Text}"))
            .Concat(Guards.SelectMany(guard => guard.Value.Problems(guard.Key)));
    }
}
