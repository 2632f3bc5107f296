using System.ComponentModel;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Rollouts;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Sampling;

/// <summary>Everything that changes the result of a sampling stage.</summary>
public sealed record SampleOptions : RewardOptions
{
    /// <summary>The model that responds.</summary>
    [InputPath]
    [Description("model folder, or stage:NAME, of the model that responds")]
    public required string Model { get; init; }

    /// <summary>What it responds to.</summary>
    [InputPath]
    [Description("files of prompts; for spin, of prompts with completions or of conversations; other columns serve function rewards")]
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>Several sources of prompts, in place of <see cref="Prompts"/>; responded to is what an epoch has.</summary>
    [Description("several sources of prompts, with weights, in place of prompts; what an epoch has of them is responded to")]
    public MixOptions? Mix { get; init; }

    /// <summary>The files to write.</summary>
    [Description("files to write: all, best_of_n, rejection, pairs, spin; each is NAME.jsonl of the stage's output")]
    public required IReadOnlyList<SampleFile> Write { get; init; }

    /// <summary>How files become prompts.</summary>
    [Description("how files become prompts; max_length is of prompt and response together")]
    public DataOptions Data { get; init; } = new();

    /// <summary>Responses to each prompt.</summary>
    [Description("responses to each prompt")]
    public int Samples { get; init; } = 8;

    /// <summary>How responses are drawn.</summary>
    [Description("how responses are drawn")]
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>What <see cref="SampleFile.Rejection"/> keeps.</summary>
    [Description("which responses rejection keeps")]
    public RejectionOptions Rejection { get; init; } = new();

    /// <summary>What <see cref="SampleFile.Pairs"/> holds.</summary>
    [Description("which pairs pairs holds")]
    public PairOptions Pairs { get; init; } = new();

    /// <summary>Whether responses that were cut may be learned from.</summary>
    [Description("whether responses that did not end within max_new_tokens may stand in files to learn from; all has them anyway")]
    public bool KeepCut { get; init; }

    /// <summary>Responses side by side.</summary>
    [Description("responses side by side in memory")]
    public int BatchSize { get; init; } = 64;

    /// <summary>Where to compute.</summary>
    [Description("cpu, cuda or cuda:N")]
    public string Device { get; init; } = "cpu";

    /// <summary>Number type of the matrix products.</summary>
    [Description("number type of matrix products")]
    public ComputePrecision Dtype { get; init; } = ComputePrecision.Fp32;

    /// <summary>The types of rows that are read: spin wants the data's own completions.</summary>
    internal RowTypes Accepted => Write.Contains(SampleFile.Spin) ? RowTypes.PromptCompletion | RowTypes.Messages : RowTypes.Prompt;

    /// <inheritdoc/>
    protected override bool MayLackReward => !Write.Any(NeedsReward);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        (bool Broken, string Text)[] rules =
        [
            (MixOptions.Problem(Prompts, Mix, "prompts") is not null, MixOptions.Problem(Prompts, Mix, "prompts") ?? ""),
            (Write.Count == 0, "write is empty; name at least one of all, best_of_n, rejection, pairs, spin"),
            (Write.Distinct().Count() < Write.Count, "write names a file twice; name each once"),
            (Samples < 1, $"samples is {Samples}; it must be at least 1"),
            (Write.Contains(SampleFile.Pairs) && Samples < 2, $"samples is {Samples}; pairs need at least 2 responses to a prompt"),
            (BatchSize < 1, $"batch_size is {BatchSize}; it must be at least 1"),
            (Sampling.Temperature == 0 && Samples > 1, $"sampling.temperature is 0, which gives {Samples} times the same response; raise it, or set samples to 1"),
            (Sampling.MaxNewTokens >= Data.MaxLength, $"sampling.max_new_tokens is {Sampling.MaxNewTokens}, which leaves no room for a prompt in data.max_length {Data.MaxLength}; change one"),
        ];
        return base.Problems().Concat(rules.Where(rule => rule.Broken).Select(rule => rule.Text));
    }

    private static bool NeedsReward(SampleFile file) => file is SampleFile.BestOfN or SampleFile.Rejection or SampleFile.Pairs;
}
