using System.ComponentModel;
using Alignment.Core.Generation;
using Alignment.Data.Loading;
using Alignment.Data.Rows;
using Alignment.Rollouts.Averaging;
using Alignment.Training.Loops;
using Alignment.Training.Options;

namespace Alignment.Rollouts;

/// <summary>The options of every stage that trains a policy on responses which it samples itself: models, prompts, sampling.</summary>
public abstract record RolloutOptions : RewardOptions
{
    private const string Truncation = "leave it out: tokens are to be drawn from the very distribution whose log-probabilities are compared, and a filter or penalty changes it";

    /// <summary>The policy at the start.</summary>
    [InputPath]
    [Description("model folder of the policy at the start, or stage:NAME")]
    public required string Model { get; init; }

    /// <summary>What the policy is kept near to; null takes <see cref="Model"/>.</summary>
    [InputPath]
    [Description("model folder that the policy is kept near to; model when left out")]
    public string? Reference { get; init; }

    /// <summary>Prompts to train on.</summary>
    [InputPath]
    [Description("files of prompts to train on; other columns serve function rewards")]
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Several sources of prompts to train on, in place of <see cref="Train"/>.</summary>
    [Description("several sources of prompts to train on, with weights, in place of train")]
    public MixOptions? Mix { get; init; }

    /// <summary>Held-out prompts.</summary>
    [InputPath]
    [Description("files of held-out prompts")]
    public IReadOnlyList<string> Eval { get; init; } = [];

    /// <summary>A share of the prompts to train on that is held out instead of <see cref="Eval"/>.</summary>
    [Description("share of the prompts to train on that is held out, in place of eval: whole prompts and groups, the same ones whatever the seed")]
    public double? EvalFraction { get; init; }

    /// <summary>How files become prompts; the response has its share of <c>max_length</c>.</summary>
    [Description("how files become prompts; max_length is of prompt and response together")]
    public DataOptions Data { get; init; } = new();

    /// <summary>Responses sampled in all; null: training.max_steps or training.epochs count.</summary>
    [Description("responses sampled in all, rounded up to whole steps; when left out, training.max_steps or training.epochs count")]
    public long? TotalEpisodes { get; init; }

    /// <summary>Responses sampled at each step.</summary>
    [Description("responses sampled at each step")]
    public int RolloutBatchSize { get; init; } = 64;

    /// <summary>The most tokens of a response, EOS included.</summary>
    [Description("most tokens of a response, EOS included")]
    public int MaxNewTokens { get; init; } = 53;

    /// <summary>Divides the logits of policy and reference, in sampling and in scoring.</summary>
    [Description("divides the logits of policy and reference alike, in sampling and in scoring")]
    public double Temperature { get; init; } = 0.7;

    /// <summary>Not for rollouts; see <see cref="Problems"/>.</summary>
    [Description("must stay 0: rollouts are drawn from the policy's whole distribution")]
    public int TopK { get; init; }

    /// <summary>Not for rollouts; see <see cref="Problems"/>.</summary>
    [Description("must stay 1: rollouts are drawn from the policy's whole distribution")]
    public double TopP { get; init; } = 1;

    /// <summary>Not for rollouts; see <see cref="Problems"/>.</summary>
    [Description("must stay 0: rollouts are drawn from the policy's whole distribution")]
    public double MinP { get; init; }

    /// <summary>Not for rollouts; see <see cref="Problems"/>.</summary>
    [Description("must stay 1: rollouts are drawn from the policy's own distribution")]
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Taken off the score of a response of <see cref="MaxNewTokens"/> tokens, less of shorter ones.</summary>
    [Description("taken off the score of a response of max_new_tokens tokens, rising from 0 over the last overlong_buffer tokens (DAPO's soft punishment)")]
    public double OverlongPenalty { get; init; }

    /// <summary>The last tokens over which <see cref="OverlongPenalty"/> rises.</summary>
    [Description("tokens before max_new_tokens over which overlong_penalty rises")]
    public int OverlongBuffer { get; init; }

    /// <summary>A running average of the policy; null keeps none.</summary>
    [Description("running average of the policy's weights, as the stage's model or as the reference")]
    public AveragingOptions? Averaging { get; init; }

    /// <summary>Prompts to train on and held-out ones.</summary>
    internal TrainingFiles Files => new(Train, Mix, Eval, EvalFraction);

    /// <summary>Looks at the first prompts of every file, before any model is loaded.</summary>
    /// <exception cref="Alignment.Data.DataFormatException">A row is no prompt, or a file cannot be read.</exception>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public virtual void Look() => Files.Look(RowTypes.Prompt, Data.OnError);

    /// <summary>How the policy is sampled.</summary>
    /// <param name="stopIds">What ends a response.</param>
    public SamplingOptions ToSampling(IReadOnlyList<int> stopIds) => new() { MaxNewTokens = MaxNewTokens, Temperature = Temperature, StopIds = stopIds };

    /// <inheritdoc/>
    internal override double PenaltyOf(Rollout rollout)
    {
        var over = rollout.Response.Length - (MaxNewTokens - OverlongBuffer);
        return base.PenaltyOf(rollout) + (over > 0 ? OverlongPenalty * over / OverlongBuffer : 0);
    }

    /// <summary>Steps of the run.</summary>
    /// <param name="training">Steps or epochs, where no episodes are given.</param>
    /// <param name="prompts">The prompts of each step.</param>
    public long TotalSteps(TrainingOptions training, BatchPlan prompts) => TotalEpisodes is { } episodes
        ? (episodes + RolloutBatchSize - 1) / RolloutBatchSize
        : training.MaxSteps ?? prompts.Steps(training.Epochs);

    /// <summary>What in the loop's options does not go with these.</summary>
    /// <param name="training">The loop's.</param>
    /// <returns>One sentence per problem.</returns>
    protected IEnumerable<string> LoopProblems(TrainingOptions training)
    {
        if (TotalEpisodes is not null && training.MaxSteps is not null)
        {
            yield return FormattableString.Invariant($"total_episodes is given beside training.max_steps; keep one");
        }

        if (Averaging is { AsReference: true } && training.Lora is not null)
        {
            yield return "averaging.as_reference is true, but with training.lora the reference is the policy with its adapter off; take lora out, or set as_reference to false";
        }

        if (training.KeepBest is not null && !Files.HasEval)
        {
            yield return "training.keep_best is given, but eval names no file; add held-out prompts or remove it";
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        (bool Broken, FormattableString Text)[] rules =
        [
            (TotalEpisodes is < 1, $"total_episodes is {TotalEpisodes}; it must be at least 1"),
            (RolloutBatchSize < 2, $"rollout_batch_size is {RolloutBatchSize}; it must be at least 2"),
            (MaxNewTokens < 1, $"max_new_tokens is {MaxNewTokens}; it must be at least 1"),
            (MaxNewTokens >= Data.MaxLength, $"max_new_tokens is {MaxNewTokens}, which leaves no room for a prompt in data.max_length {Data.MaxLength}; change one"),
            (!(OverlongPenalty >= 0), $"overlong_penalty is {OverlongPenalty}; it must be at least 0: it is taken off the score"),
            (OverlongBuffer < 0 || OverlongBuffer > MaxNewTokens, $"overlong_buffer is {OverlongBuffer}; it must be from 0 to max_new_tokens {MaxNewTokens}"),
            (OverlongPenalty > 0 != OverlongBuffer > 0, $"overlong_penalty is {OverlongPenalty} and overlong_buffer {OverlongBuffer}; give both or neither"),
            (!(Temperature > 0), $"temperature is {Temperature}; it must be above 0: rollouts are drawn by chance"),
            (TopK != 0, $"top_k is {TopK}; {Truncation}"),
            (TopP != 1, $"top_p is {TopP}; {Truncation}"),
            (MinP != 0, $"min_p is {MinP}; {Truncation}"),
            (RepetitionPenalty != 1, $"repetition_penalty is {RepetitionPenalty}; {Truncation}"),
        ];
        return base.Problems().Concat(Files.Problems()).Concat(rules.Where(rule => rule.Broken).Select(rule => FormattableString.Invariant(rule.Text)));
    }
}
