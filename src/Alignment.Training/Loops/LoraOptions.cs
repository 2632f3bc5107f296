using System.ComponentModel;
using Alignment.Core.Lora;
using Alignment.Training.Options;

namespace Alignment.Training.Loops;

/// <summary>Low-rank updates in place of training every weight (docs/algorithms/lora.md); defaults are TRL's.</summary>
public sealed record LoraOptions : IValidatedOptions
{
    /// <summary>PEFT's <c>r</c>.</summary>
    [Description("rank of the updates; PEFT's r")]
    public int Rank { get; init; } = 16;

    /// <summary>PEFT's <c>lora_alpha</c>.</summary>
    [Description("updates are scaled by alpha / rank; PEFT's lora_alpha")]
    public double Alpha { get; init; } = 32;

    /// <summary>PEFT's <c>lora_dropout</c>.</summary>
    [Description("dropout of an update's input, in stages that train with dropout; PEFT's lora_dropout")]
    public double Dropout { get; init; } = 0.05;

    /// <summary>PEFT's <c>target_modules</c>.</summary>
    [Description("projections that get an update: all-linear (all but the output layer), names or ends of names, or one regular expression for whole names")]
    public IReadOnlyList<string> TargetModules { get; init; } = [Core.Lora.TargetModules.AllLinearName];

    /// <summary>PEFT's <c>use_rslora</c>.</summary>
    [Description("scale by alpha / √rank instead; PEFT's use_rslora")]
    public bool Rslora { get; init; }

    /// <summary>PEFT's <c>use_dora</c>.</summary>
    [Description("train the length of each row of the weights apart (DoRA); PEFT's use_dora")]
    public bool Dora { get; init; }

    /// <summary>PEFT's <c>modules_to_save</c>.</summary>
    [Description("modules that are trained in full and stored whole, such as lm_head and embed_tokens; a score head always is")]
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>The adapter of these options.</summary>
    /// <param name="baseFolder">Where the model comes from.</param>
    public LoraConfig ToConfig(string baseFolder) => new()
    {
        Rank = Rank,
        Alpha = Alpha,
        Dropout = Dropout,
        Targets = Core.Lora.TargetModules.Of(TargetModules),
        RankStabilized = Rslora,
        Dora = Dora,
        ModulesToSave = ModulesToSave,
        BaseModel = Path.GetFullPath(baseFolder),
    };

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        (bool Broken, string Text)[] rules =
        [
            (Rank is < 1 or > 65536, FormattableString.Invariant($"rank is {Rank}; it must be from 1 to 65536")),
            (!(Alpha > 0 && double.IsFinite(Alpha)), FormattableString.Invariant($"alpha is {Alpha}; it must be above 0")),
            (!(Dropout is >= 0 and < 1), FormattableString.Invariant($"dropout is {Dropout}; it must be at least 0 and below 1")),
            (TargetModules.Count == 0, "target_modules is empty; name projections, or all-linear"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => rule.Text);
    }
}
