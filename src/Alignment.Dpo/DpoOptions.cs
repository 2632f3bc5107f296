using System.ComponentModel;
using Alignment.Data.Loading;
using Alignment.Objectives;
using Alignment.Objectives.Pairwise;
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
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Several sources of pairs to train on, in place of <see cref="Train"/>.</summary>
    [Description("several sources of pairs to train on, with weights, in place of train")]
    public MixOptions? Mix { get; init; }

    /// <summary>Held-out pairs.</summary>
    [InputPath]
    [Description("files of held-out pairs")]
    public IReadOnlyList<string> Eval { get; init; } = [];

    /// <summary>A share of the rows to train on that is held out instead of <see cref="Eval"/>.</summary>
    [Description("share of the rows to train on that is held out, in place of eval: whole prompts and groups, the same ones whatever the seed")]
    public double? EvalFraction { get; init; }

    /// <summary>How files become examples.</summary>
    [Description("how files become examples")]
    public DataOptions Data { get; init; } = new();

    /// <summary>β. TRL's default.</summary>
    [Description("how closely the policy is held to the reference; larger is closer")]
    public double Beta { get; init; } = 0.1;

    /// <summary>The forms of the loss. TRL's default.</summary>
    [Description("form of the loss, or several whose weighted sum it is")]
    public IReadOnlyList<DpoLossKind> Loss { get; init; } = [DpoLossKind.Sigmoid];

    /// <summary>Weights of the forms.</summary>
    [Description("a weight for each form; 1 each when left out")]
    public IReadOnlyList<double>? LossWeights { get; init; }

    /// <summary>The loss of responses that are good or bad by themselves, in place of <see cref="Loss"/>.</summary>
    [Description("loss of unpaired rows (prompt, completion, label), in place of loss; pairs are taken apart")]
    public UnpairedLossKind? Unpaired { get; init; }

    /// <summary>λ_D of KTO. TRL's default.</summary>
    [Description("weight of good responses in kto and apo_zero_unpaired")]
    public double DesirableWeight { get; init; } = 1;

    /// <summary>λ_U of KTO. TRL's default.</summary>
    [Description("weight of bad responses in kto and apo_zero_unpaired")]
    public double UndesirableWeight { get; init; } = 1;

    /// <summary>f of f-DPO. TRL's default.</summary>
    [Description("divergence from the reference")]
    public FDivergence FDivergenceType { get; init; } = FDivergence.ReverseKl;

    /// <summary>α of the α-divergence. TRL's default.</summary>
    [Description("alpha of alpha_divergence")]
    public double FAlphaDivergenceCoef { get; init; } = 0.5;

    /// <summary>ε of conservative DPO.</summary>
    [Description("share of labels taken to be flipped, from 0 up to 0.5")]
    public double LabelSmoothing { get; init; }

    /// <summary>Whether IPO divides log-ratios by the response's length, as TRL does.</summary>
    [Description("whether ipo divides log-ratios by the response's length")]
    public bool IpoLengthNorm { get; init; } = true;

    /// <summary>Weight of the chosen response's mean negative log-likelihood per token beside the pairwise loss.</summary>
    [Description("weight of the chosen response's negative log-likelihood per token (RPO); 0 turns it off")]
    public double SftWeight { get; init; }

    /// <summary>τ of DiscoPOP. The paper's.</summary>
    [Description("tau of discopop")]
    public double DiscopopTau { get; init; } = 0.05;

    /// <summary>α of LD-DPO.</summary>
    [Description("weight of what a response says past the shorter one's length (LD-DPO), 0 to 1; 1 when left out")]
    public double? LdAlpha { get; init; }

    /// <summary>Whether pairs are weighted as in WPO.</summary>
    [Description("whether pairs that the policy would say itself weigh more (WPO)")]
    public bool UseWeighting { get; init; }

    /// <summary>Margin of every pair.</summary>
    [Description("by how much the chosen response's reward has to lead (SimPO's gamma, ODPO's offset)")]
    public double Margin { get; init; }

    /// <summary>Whether the rows' own margins are added.</summary>
    [Description("whether the margin column of the rows is added to margin")]
    public bool UseMargins { get; init; }

    /// <summary>AlphaPO's α; 0 is SimPO. TRL's default.</summary>
    [Description("alpha of AlphaPO, with loss sigmoid_norm and reference_free: a response's reward is (1 - p^-alpha) / alpha, p the mean probability of its tokens, instead of log p; 0 for log p")]
    public double Alpha { get; init; }

    /// <summary>BCO's density ratio of prompts; null leaves every response its weight of 1.</summary>
    [Description("with unpaired bco: weigh bad responses by how likely their prompts are among those of the good ones")]
    public DensityRatioOptions? MatchUnderlyingDistribution { get; init; }

    /// <summary>Whether there is no reference at all.</summary>
    [Description("whether the loss has no reference: CPO, SimPO, ORPO")]
    public bool ReferenceFree { get; init; }

    /// <summary>Whether the reference follows the policy, as in TR-DPO.</summary>
    [Description("whether the reference follows the policy (TR-DPO)")]
    public bool SyncRefModel { get; init; }

    /// <summary>How far it follows at a time. TRL's default.</summary>
    [Description("share of the policy in the reference at each synchronisation; 1 copies the policy")]
    public double RefModelMixupAlpha { get; init; } = 0.6;

    /// <summary>Steps between two synchronisations. TRL's default.</summary>
    [Description("steps between two synchronisations of the reference")]
    public int RefModelSyncSteps { get; init; } = 512;

    /// <summary>Steps, batches, optimizer.</summary>
    [Description("steps, batches, optimizer")]
    public DpoTrainingOptions Training { get; init; } = new();

    internal TrainingFiles Files => new(Train, Mix, Eval, EvalFraction);

    /// <inheritdoc/>
    public IEnumerable<string> Problems()
    {
        foreach (var problem in Files.Problems())
        {
            yield return problem;
        }

        foreach (var problem in ToLossOptions().Problems().Concat(ReferenceProblems()).Concat(UnpairedProblems()))
        {
            yield return problem;
        }

        if (LdAlpha is { } alpha && !(alpha is >= 0 and <= 1))
        {
            yield return FormattableString.Invariant($"ld_alpha is {alpha}; it must be from 0 to 1");
        }

        if (!(Margin >= 0 && double.IsFinite(Margin)))
        {
            yield return FormattableString.Invariant($"margin is {Margin}; it must be at least 0");
        }

        foreach (var kind in HasMargins ? Loss.Where(kind => kind != DpoLossKind.Sft && !PairwiseLosses.Of(kind).TakesMargins) : [])
        {
            yield return $"loss {PairwiseLosses.Of(kind).Name} has no place for a margin; leave margin and use_margins out";
        }

        if (Alpha != 0 && !(ReferenceFree && Loss.Contains(DpoLossKind.SigmoidNorm)))
        {
            yield return FormattableString.Invariant($"alpha is {Alpha}; it belongs to loss sigmoid_norm with reference_free true (AlphaPO): add them, or leave alpha out");
        }

        if (LabelSmoothing > 0 && Unpaired is null && Loss.Count > 0 && Loss.All(kind => PairwiseLosses.Of(kind).Smoothing == LabelSmoothingUse.None))
        {
            yield return "label_smoothing changes nothing with these losses; leave it out";
        }

        if (MatchUnderlyingDistribution is { } ratio)
        {
            foreach (var problem in (Unpaired == UnpairedLossKind.Bco ? [] : (string[])["match_underlying_distribution belongs to unpaired bco; leave it out, or set unpaired to bco"]).Concat(ratio.Problems()))
            {
                yield return problem;
            }
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

    /// <summary>Whether some pair may have a margin.</summary>
    internal bool HasMargins => Margin > 0 || UseMargins;

    /// <summary>Whether the likelihood of the chosen responses is a part of the loss.</summary>
    internal bool HasLikelihood => SftWeight > 0 || Loss.Contains(DpoLossKind.Sft);

    /// <summary>The loss that these options describe.</summary>
    internal DpoLossOptions ToLossOptions() => new()
    {
        Losses = Loss,
        Weights = LossWeights,
        Beta = Beta,
        LabelSmoothing = LabelSmoothing,
        Divergence = FDivergenceType,
        DivergenceAlpha = FAlphaDivergenceCoef,
        IpoLengthNorm = IpoLengthNorm,
        DiscopopTau = DiscopopTau,
        RewardAlpha = Alpha,
    };

    private IEnumerable<string> UnpairedProblems()
    {
        if (Unpaired is not { } unpaired)
        {
            yield break;
        }

        foreach (var (option, isSet) in ((string, bool)[])
        [
            ("loss", !(Loss is [DpoLossKind.Sigmoid])), ("loss_weights", LossWeights is not null), ("label_smoothing", LabelSmoothing > 0), ("sft_weight", SftWeight > 0), ("ld_alpha", LdAlpha is not null),
            ("use_weighting", UseWeighting), ("margin", Margin > 0), ("use_margins", UseMargins), ("reference_free", ReferenceFree), ("f_divergence_type", FDivergenceType != FDivergence.ReverseKl),
        ])
        {
            if (isSet)
            {
                yield return $"{option} has no place in an unpaired loss; leave {option} or unpaired out";
            }
        }

        if (!(DesirableWeight >= 0 && UndesirableWeight >= 0 && double.IsFinite(DesirableWeight + UndesirableWeight)))
        {
            yield return FormattableString.Invariant($"desirable_weight is {DesirableWeight}, undesirable_weight {UndesirableWeight}; both must be at least 0");
        }

        if (unpaired == UnpairedLossKind.Kto && Training.BatchSize < 2)
        {
            yield return "training.batch_size is 1; kto estimates its KL on a batch and needs at least 2, better 8";
        }
    }

    private IEnumerable<string> ReferenceProblems()
    {
        if (ReferenceFree && Reference is not null)
        {
            yield return "reference_free and reference exclude each other; leave one of them out";
        }

        if (!SyncRefModel)
        {
            yield break;
        }

        if (ReferenceFree)
        {
            yield return "reference_free leaves sync_ref_model nothing to follow; leave one of them out";
        }

        if (Training.Lora is not null)
        {
            yield return "sync_ref_model moves all weights of the reference and cannot follow an adapter; leave training.lora or sync_ref_model out";
        }

        if (!(RefModelMixupAlpha is > 0 and <= 1))
        {
            yield return FormattableString.Invariant($"ref_model_mixup_alpha is {RefModelMixupAlpha}; it must be above 0 and at most 1");
        }

        if (RefModelSyncSteps < 1)
        {
            yield return $"ref_model_sync_steps is {RefModelSyncSteps}; it must be at least 1";
        }
    }
}

/// <summary>The loop's options with this stage's defaults.</summary>
public sealed record DpoTrainingOptions : RowTrainingOptions
{
    /// <summary>TRL's default learning rate of its DPO trainer, 1e-6.</summary>
    public DpoTrainingOptions() => LearningRate = 1e-6;
}
