using System.ComponentModel;
using Alignment.Data.Collation;
using Alignment.Data.Loading;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Sft;

/// <summary>Everything that changes the result of a run.</summary>
public sealed record SftOptions : IValidatedOptions
{
    /// <summary>The model to go on training.</summary>
    [InputPath]
    [Description("model folder to go on training, or stage:NAME")]
    public string? Model { get; init; }

    /// <summary>The shape of a new model, instead of <see cref="Model"/>.</summary>
    [Description("shape of a new model with random weights, instead of model")]
    public NewModelOptions? NewModel { get; init; }

    /// <summary>The new model's tokenizer; a model folder brings its own.</summary>
    [InputPath]
    [Description("folder with the new model's tokenizer, or stage:NAME; a model folder brings its own")]
    public string? Tokenizer { get; init; }

    /// <summary>Rows to train on.</summary>
    [InputPath]
    [Description("files of rows to train on: text, messages, or prompt and completion")]
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Several sources of rows to train on, in place of <see cref="Train"/>.</summary>
    [Description("several sources of rows to train on, with weights, in place of train")]
    public MixOptions? Mix { get; init; }

    /// <summary>Held-out rows.</summary>
    [InputPath]
    [Description("files of held-out rows")]
    public IReadOnlyList<string> Eval { get; init; } = [];

    /// <summary>A share of the rows to train on that is held out instead of <see cref="Eval"/>.</summary>
    [Description("share of the rows to train on that is held out, in place of eval: whole prompts and groups, the same ones whatever the seed")]
    public double? EvalFraction { get; init; }

    /// <summary>The labels to tell apart; the stage then trains a classifier on texts with labels instead of a language model.</summary>
    [Description("trains a classifier on rows of text and label instead of a language model")]
    public ClassificationOptions? Classification { get; init; }

    /// <summary>How files become examples.</summary>
    [Description("how files become examples")]
    public DataOptions Data { get; init; } = new();

    /// <summary>Whether rows share sequences.</summary>
    [Description("bfd lays whole rows side by side in sequences of max_length, which then count in batch_size; wrapped joins texts and cuts them into such sequences, for pre-training")]
    public Packing Packing { get; init; } = Packing.None;

    /// <summary>Steps, batches, optimizer.</summary>
    [Description("steps, batches, optimizer")]
    public SftTrainingOptions Training { get; init; } = new();

    internal TrainingFiles Files => new(Train, Mix, Eval, EvalFraction);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Model is null == NewModel is null)
        {
            yield return "model and new_model: give one of them, " + (Model is null ? "got neither" : "got both");
        }

        if (NewModel is not null && Tokenizer is null)
        {
            yield return "tokenizer is missing; a new model needs one, for instance stage:tokenizer";
        }

        if (Model is not null && Tokenizer is not null)
        {
            yield return "tokenizer is given beside model; a model folder brings its own, remove the option";
        }

        if (NewModel is not null && Training.Lora is not null)
        {
            yield return "training.lora is given beside new_model; updates of random weights make no model, remove one of them";
        }

        foreach (var problem in Files.Problems())
        {
            yield return problem;
        }

        if (Mix is not null && Classification is not null)
        {
            yield return "mix is given beside classification, which reads one set of rows; name the files in train";
        }

        if (EvalFraction is not null && Classification is not null)
        {
            yield return "eval_fraction is given beside classification; make a file of held-out rows with alignment data split and name it in eval";
        }

        if (NewModel is { } shape && shape.MaxPositionEmbeddings < Data.MaxLength)
        {
            yield return $"data.max_length is {Data.MaxLength}, beyond new_model.max_position_embeddings {shape.MaxPositionEmbeddings}; lower the one or raise the other";
        }

        if (NewModel is { ModelType: NewModelType.Bert } && Classification is null)
        {
            yield return "new_model.model_type is bert, which can only classify; add classification or take llama";
        }

        if (Classification is not null && Packing != Packing.None)
        {
            yield return "packing is given beside classification, whose rows cannot share a sequence; remove it";
        }

        foreach (var problem in Classification?.Problems() ?? [])
        {
            yield return problem;
        }

        foreach (var problem in Data.Problems())
        {
            yield return problem;
        }
    }
}

/// <summary>The loop's options with this stage's defaults.</summary>
public sealed record SftTrainingOptions : RowTrainingOptions
{
    /// <summary>TRL's default learning rate of its SFT trainer, 2e-5.</summary>
    public SftTrainingOptions() => LearningRate = 2e-5;
}
