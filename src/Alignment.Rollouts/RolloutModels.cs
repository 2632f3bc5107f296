using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Rollouts.Rewards;
using Alignment.Training.Loops;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Rollouts;

/// <summary>Policy, reference and reward of a run, loaded and checked against each other; the policy is trained, the others are frozen. Dropout is off in all.</summary>
public sealed class RolloutModels : IDisposable
{
    private IDisposable? _held;

    /// <summary>Takes models that are loaded already and fit together; whether the reference has the policy's weights is not looked at, so that no step is tested by it.</summary>
    /// <param name="tokenizer">Of the policy.</param>
    /// <param name="stopIds">What ends a response.</param>
    /// <param name="policy">π; disposed with this, as the others are.</param>
    /// <param name="reference">π_ref, frozen here; null where it is the policy with its adapter off, or where there is none.</param>
    /// <param name="hasReference">Whether there is a reference.</param>
    /// <param name="reward">The reward.</param>
    public RolloutModels(TextTokenizer tokenizer, IReadOnlyList<int> stopIds, CausalLm policy, CausalLm? reference, bool hasReference, IRewardSource reward)
    {
        Tokenizer = tokenizer;
        StopIds = stopIds;
        Policy = policy;
        Reward = reward;
        Reference = reference;
        HasReference = hasReference;
        Context = new[] { policy.Config.ContextLength, reference?.Config.ContextLength, reward.ContextLength }.Min()!.Value;
        if (reference is not null)
        {
            FolderContract.Freeze(reference);
            _held = reference.HoldWeights();
        }
    }

    /// <summary>Of the policy's folder.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>What ends a response.</summary>
    public IReadOnlyList<int> StopIds { get; }

    /// <summary>π.</summary>
    public CausalLm Policy { get; }

    /// <summary>π_ref, a copy of its own; null where it is the policy with its adapter off, or where there is none.</summary>
    public CausalLm? Reference { get; }

    /// <summary>Whether there is a reference.</summary>
    public bool HasReference { get; }

    /// <summary>Whether there is a reference and it is known to be what the policy is before the first step.</summary>
    public bool IsOwnReference { get; private init; }

    /// <summary>The reward.</summary>
    public IRewardSource Reward { get; }

    /// <summary>The longest sequence that every model can read, in tokens.</summary>
    public int Context { get; }

    /// <summary>Loads and checks.</summary>
    /// <param name="options">Names the folders.</param>
    /// <param name="training">Device, precision, adapter.</param>
    /// <param name="seed">The stage's; draws adapters.</param>
    /// <param name="withReference">Whether log π_ref is needed.</param>
    /// <exception cref="InvalidDataException">The folders do not belong together; the message says which and why.</exception>
    public static RolloutModels Load(RolloutOptions options, TrainingOptions training, long seed, bool withReference = true)
    {
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(options.Model));
        var stopIds = ModelFolder.StopIds(options.Model);
        var template = new DataSets(tokenizer, options.Data).Template;
        FolderContract.CheckTemplate(options.Data.Template, template, tokenizer, options.Model, stopIds);

        var disposables = new List<IDisposable>();
        try
        {
            T Keep<T>(T made) where T : IDisposable
            {
                disposables.Add(made);
                return made;
            }

            var policy = Keep(StageModels.LoadCausalLm(training, options.Model, seed));
            VocabularyContract.Check(policy.Config, tokenizer.VocabularySize, options.Model);
            var isOther = options.Reference is { } other && ContentHash.OfPath(other) != ContentHash.OfPath(options.Model);
            var ownCopy = policy.Adapter is null || isOther;
            var reference = withReference && ownCopy ? Keep(LoadReference(options, training, tokenizer, template)) : null;
            var reward = Keep(RewardSources.Create(options, training, tokenizer, options.Data));
            return new RolloutModels(tokenizer, stopIds, policy, reference, withReference, reward) { IsOwnReference = withReference && !isOther };
        }
        catch
        {
            disposables.ForEach(made => made.Dispose());
            throw;
        }
    }

    /// <summary>What the run takes of the memory: the policy is trained, the others are asked only.</summary>
    /// <param name="options">Names the folders.</param>
    /// <param name="training">Batch, adapter, quantisation.</param>
    /// <param name="lengths">Tokens of each prompt with the longest response that it may get.</param>
    public IReadOnlyList<MemoryEstimate> Memory(RolloutOptions options, TrainingOptions training, IReadOnlyCollection<int> lengths) =>
    [
        StageModels.Memory(
            training, Policy.Config, options.Model, training.BatchSize, lengths.Max(), dropout: false, tokens: MicroBatchTokens.Most(lengths, training.BatchSize)),
        .. Reference is null ? Array.Empty<MemoryEstimate>() : [MemoryEstimate.Inference(Reference.Config)],
        .. options.RewardModel.Select(folder => MemoryEstimate.Inference(ModelConfig.Load(folder), scalarHead: true)),
    ];

    /// <summary>Called when the reference's weights have changed: what was made of them is dropped.</summary>
    internal void ReferenceChanged()
    {
        _held?.Dispose();
        _held = Reference?.HoldWeights();
    }

    /// <summary>log π_ref of tokens: of a frozen copy, or of the policy's own weights with its adapter off.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <returns>[N], in nats; call under <c>no_grad</c>.</returns>
    public Tensor ReferenceLogProbs(TargetBatch tokens, double temperature)
    {
        if (Reference is not null)
        {
            return tokens.LogProbs(Reference, temperature);
        }

        using var off = Policy.Adapter!.Disable();
        return tokens.LogProbs(Policy, temperature);
    }

    /// <summary>log π and log π_ref of tokens, and the divergence of the two distributions where each is predicted.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="temperature">Divides the logits of both.</param>
    /// <returns>[N] each, in nats; call under <c>no_grad</c>.</returns>
    internal (Tensor LogProbs, Tensor ReferenceLogProbs, Tensor Kl) WithFullKl(TargetBatch tokens, double temperature)
    {
        using var scope = NewDisposeScope();
        var (policy, logProbs) = Read(Policy);
        using var off = Reference is null ? Policy.Adapter!.Disable() : null;
        var (reference, referenceLogProbs) = Read(Reference ?? Policy);
        var kl = TokenDivergence.Compute(policy, reference, temperature);
        return (logProbs.MoveToOuterDisposeScope(), referenceLogProbs.MoveToOuterDisposeScope(), kl.MoveToOuterDisposeScope());

        (NextTokens Next, Tensor LogProbs) Read(CausalLm model)
        {
            var hidden = tokens.Hidden(model); // [N, D]
            return (NextTokens.Of(model, hidden), tokens.LogProbs(model, hidden, temperature));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held?.Dispose();
        Policy.Dispose();
        Reference?.Dispose();
        Reward.Dispose();
    }

    private static CausalLm LoadReference(RolloutOptions options, TrainingOptions training, TextTokenizer tokenizer, ChatTemplate template)
    {
        TemplateContract.CheckReference(tokenizer, template, options.Reference, ModelLineage.TemplateOf);
        var folder = FolderContract.CheckTokenizer(options.Reference ?? options.Model, "reference", tokenizer);
        var reference = ModelFolder.LoadCausalLm(folder, Devices.Parse(training.Device), training.Dtype.ToScalarType(), frozen: options.Averaging is not { AsReference: true });
        try
        {
            VocabularyContract.Check(reference.Config, tokenizer.VocabularySize, folder);
            return reference;
        }
        catch
        {
            reference.Dispose();
            throw;
        }
    }
}
