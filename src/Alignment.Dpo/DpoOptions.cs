using System.ComponentModel;
using Alignment.Data.Loading;
using Alignment.Objectives;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Dpo;

/// <summary>Everything that changes the result of a run.</summary>
public sealed record DpoOptions : IValidatedOptions
{
    /// <summary>The policy to begin with.</summary>
    [InputPath]
    [Description("model folder of the policy to train, or stage:NAME")]
    public required string Model { get; init; }

    /// <summary>The frozen reference; null takes <see cref="Model"/>.</summary>
    [InputPath]
    [Description("model folder of the frozen reference, of the same tokenizer; model when left out")]
    public string? Reference { get; init; }

    /// <summary>Pairs to train on.</summary>
    [InputPath]
    [Description("files of pairs to train on: prompt, chosen, rejected")]
    public required IReadOnlyList<string> Train { get; init; }

    /// <summary>Held-out pairs.</summary>
    [InputPath]
    [Description("files of held-out pairs")]
    public IReadOnlyList<string> Eval { get; init; } = [];

    /// <summary>How files become examples.</summary>
    [Description("how files become examples")]
    public DataOptions Data { get; init; } = new();

    /// <summary>β. TRL's default.</summary>
    [Description("how closely the policy is held to the reference; larger is closer")]
    public double Beta { get; init; } = 0.1;

    /// <summary>The form of the loss. TRL's default.</summary>
    [Description("form of the loss")]
    public DpoLossKind Loss { get; init; } = DpoLossKind.Sigmoid;

    /// <summary>ε of conservative DPO.</summary>
    [Description("share of labels taken to be flipped, from 0 up to 0.5")]
    public double LabelSmoothing { get; init; }

    /// <summary>Whether IPO divides log-ratios by the response's length, as TRL does.</summary>
    [Description("whether ipo divides log-ratios by the response's length")]
    public bool IpoLengthNorm { get; init; } = true;

    /// <summary>Weight of the chosen response's mean negative log-likelihood per token beside the pairwise loss.</summary>
    [Description("weight of the chosen response's negative log-likelihood per token (RPO); 0 turns it off")]
    public double SftWeight { get; init; }

    /// <summary>Steps, batches, optimizer.</summary>
    [Description("steps, batches, optimizer")]
    public DpoTrainingOptions Training { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        if (Train.Count == 0)
        {
            yield return "train is empty; name at least one file";
        }

        if (!(Beta > 0 && double.IsFinite(Beta)))
        {
            yield return FormattableString.Invariant($"beta is {Beta}; it must be above 0");
        }

        if (!(LabelSmoothing is >= 0 and < 0.5))
        {
            yield return FormattableString.Invariant($"label_smoothing is {LabelSmoothing}; it must be at least 0 and below 0.5");
        }

        if (!(SftWeight >= 0 && double.IsFinite(SftWeight)))
        {
            yield return FormattableString.Invariant($"sft_weight is {SftWeight}; it must be at least 0");
        }

        foreach (var problem in Data.Problems())
        {
            yield return problem;
        }
    }
}

/// <summary>The loop's options with this stage's defaults.</summary>
public sealed record DpoTrainingOptions : TrainingOptions
{
    /// <summary>TRL's default learning rate of its DPO trainer, 1e-6.</summary>
    public DpoTrainingOptions() => LearningRate = 1e-6;
}
