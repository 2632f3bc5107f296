using Alignment.Core.Checkpoints;
using Alignment.Core.Lora;
using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Loading;
using Alignment.Data.Rewards;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;
using Alignment.Training.Loops;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Ppo;

/// <summary>The models of a run, loaded and checked against each other; policy and value model are trained, the others are frozen. Dropout is off in all.</summary>
internal sealed class PpoModels : IDisposable
{
    private readonly IDisposable? _held;

    private PpoModels(TextTokenizer tokenizer, IReadOnlyList<int> stopIds, CausalLm policy, CausalLm? reference, ScalarHeadModel value, IRewardSource reward, long context)
    {
        Tokenizer = tokenizer;
        StopIds = stopIds;
        Policy = policy;
        Value = value;
        Reward = reward;
        Context = context;
        Reference = reference;
        if (reference is not null)
        {
            Freeze(reference);
            _held = reference.HoldWeights();
        }
    }

    /// <summary>Of the policy's folder.</summary>
    public TextTokenizer Tokenizer { get; }

    /// <summary>What ends a response.</summary>
    public IReadOnlyList<int> StopIds { get; }

    /// <summary>π.</summary>
    public CausalLm Policy { get; }

    /// <summary>π_ref, a copy of its own; null where it is the policy with its adapter off.</summary>
    public CausalLm? Reference { get; }

    /// <summary>V.</summary>
    public ScalarHeadModel Value { get; }

    /// <summary>The reward.</summary>
    public IRewardSource Reward { get; }

    /// <summary>The longest sequence that every model can read, in tokens.</summary>
    public long Context { get; }

    /// <summary>Loads and checks.</summary>
    /// <param name="options">Names the folders.</param>
    /// <param name="seed">The stage's; draws adapters.</param>
    /// <exception cref="InvalidDataException">The folders do not belong together; the message says which and why.</exception>
    public static PpoModels Load(PpoOptions options, long seed)
    {
        var device = Devices.Parse(options.Training.Device);
        var type = options.Training.Dtype.ToScalarType();
        var tokenizer = TextTokenizer.Load(AdapterFolder.Chain(options.Model));
        var stopIds = ModelFolder.StopIds(options.Model);
        var template = new DataSets(tokenizer, options.Data).Template;
        CheckTemplate(options, template, tokenizer, stopIds);

        var disposables = new List<IDisposable>();
        try
        {
            T Keep<T>(T made) where T : IDisposable
            {
                disposables.Add(made);
                return made;
            }

            var policy = Keep(StageModels.LoadCausalLm(options.Training, options.Model, seed));
            VocabularyContract.Check(policy.Config, tokenizer.VocabularySize, options.Model);
            List<ModelConfig> configs = [policy.Config];
            CausalLm? reference = null;
            if (policy.Adapter is null || (options.Reference is { } other && ContentHash.OfPath(other) != ContentHash.OfPath(options.Model)))
            {
                TemplateContract.CheckReference(tokenizer, template, options.Reference, ModelLineage.TemplateOf);
                reference = Keep(ModelFolder.LoadCausalLm(Sibling(options.Reference ?? options.Model, "reference", tokenizer), device, type));
                VocabularyContract.Check(reference.Config, tokenizer.VocabularySize, options.Reference ?? options.Model);
                configs.Add(reference.Config);
            }

            IRewardSource reward;
            if (options.RewardModel is { } folder)
            {
                CheckRewardModel(folder);
                TemplateContract.Check(tokenizer, template, AdapterFolder.Chain(Sibling(folder, "reward_model", tokenizer)), ModelLineage.TemplateOf(folder), "reward_model");
                var model = Keep(ModelFolder.LoadScalarHead(folder, device: device, computeType: type));
                VocabularyContract.Check(model.Config, tokenizer.VocabularySize, folder);
                Freeze(model);
                configs.Add(model.Config);
                reward = Keep(new ModelReward(model));
            }
            else
            {
                reward = new FunctionReward(TextReward.Create(options.Rewards), tokenizer);
            }

            // A head of zeros: before the first update every state is worth the mean of the normalised scores.
            var fromReward = (options.ValueFrom ?? (options.RewardModel is null ? ValueSource.Policy : ValueSource.RewardModel)) == ValueSource.RewardModel;
            var value = Keep(StageModels.LoadScalarHead(options.Training, fromReward ? options.RewardModel! : options.Model, Seeds.Derive(seed, "value"), headDeviation: 0));
            configs.Add(value.Config);
            return new PpoModels(tokenizer, stopIds, policy, reference, value, reward, configs.Min(config => (long)config.ContextLength));
        }
        catch
        {
            disposables.ForEach(made => made.Dispose());
            throw;
        }
    }

    /// <summary>What the run takes of the memory: policy and value model are trained one after the other, the others are asked only.</summary>
    /// <param name="options">Batch, adapter, quantisation.</param>
    /// <param name="longest">Tokens of the longest prompt with its response.</param>
    public MemoryEstimate Memory(PpoOptions options, int longest) => MemoryEstimate.Together(
    [
        StageModels.Memory(options.Training, Policy.Config, options.Model, options.Training.BatchSize, longest, dropout: false),
        StageModels.Memory(options.Training, Value.Config, options.Model, options.Training.BatchSize, longest, dropout: false, scalarHead: true),
        .. Reference is null ? Array.Empty<MemoryEstimate>() : [MemoryEstimate.Inference(Reference.Config)],
        .. options.RewardModel is { } folder ? [MemoryEstimate.Inference(ModelConfig.Load(folder), scalarHead: true)] : Array.Empty<MemoryEstimate>(),
    ]);

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

    /// <inheritdoc/>
    public void Dispose()
    {
        _held?.Dispose();
        Policy.Dispose();
        Reference?.Dispose();
        Value.Dispose();
        Reward.Dispose();
    }

    private static void Freeze(nn.Module model)
    {
        foreach (var parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    /// <summary>The folder, when its tokenizer is the policy's.</summary>
    private static string Sibling(string folder, string option, TextTokenizer tokenizer)
    {
        var other = TextTokenizer.Load(AdapterFolder.Chain(folder)).Fingerprint;
        return other == tokenizer.Fingerprint
            ? folder
            : throw new InvalidDataException(
                $"{option} '{folder}': its tokenizer.json (sha256 {other[..12]}…) is not the policy's ({tokenizer.Fingerprint[..12]}…), so the same ids are other texts to it; give one that was trained with the policy's tokenizer");
    }

    private static void CheckRewardModel(string folder)
    {
        var architecture = ModelConfig.Load(folder).Architecture;
        if (architecture?.EndsWith("ForSequenceClassification", StringComparison.Ordinal) != true)
        {
            throw new InvalidDataException($"reward_model '{folder}' holds a {architecture ?? "model without an architecture"}, which scores nothing; give the output of a reward stage");
        }
    }

    private static void CheckTemplate(PpoOptions options, ChatTemplate template, TextTokenizer tokenizer, IReadOnlyList<int> stopIds)
    {
        var stops = template.StopIds(tokenizer);
        if (!stops.Any(stopIds.Contains))
        {
            throw new InvalidDataException(
                $"data.template {options.Data.Template} ends a response by {string.Join(" or ", stops.Select(tokenizer.TokenText))}, the model '{options.Model}' by {string.Join(", ", stopIds.Select(tokenizer.TokenText))}; use the template that the model was trained with");
        }
    }
}
