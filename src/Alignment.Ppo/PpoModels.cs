using Alignment.Core.Memory;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Data.Tokenization;
using Alignment.Rollouts;
using Alignment.Training.Loops;

namespace Alignment.Ppo;

/// <summary>The models of a run; policy and value model are trained, reference and reward model are frozen. Dropout is off in all.</summary>
internal sealed class PpoModels : IDisposable
{
    internal PpoModels(RolloutModels shared, ScalarHeadModel value)
    {
        Shared = shared;
        Value = value;
    }

    /// <summary>Policy, reference and reward.</summary>
    public RolloutModels Shared { get; }

    /// <summary>V.</summary>
    public ScalarHeadModel Value { get; }

    /// <summary>π.</summary>
    public CausalLm Policy => Shared.Policy;

    /// <summary>π_ref; null where it is the policy with its adapter off.</summary>
    public CausalLm? Reference => Shared.Reference;

    /// <summary>Of the policy's folder.</summary>
    public TextTokenizer Tokenizer => Shared.Tokenizer;

    /// <summary>The longest sequence that every model can read, in tokens.</summary>
    public int Context => Math.Min(Shared.Context, Value.Config.ContextLength);

    /// <summary>Loads and checks.</summary>
    /// <param name="options">Names the folders.</param>
    /// <param name="seed">The stage's; draws adapters.</param>
    /// <exception cref="InvalidDataException">The folders do not belong together; the message says which and why.</exception>
    public static PpoModels Load(PpoOptions options, long seed)
    {
        var shared = RolloutModels.Load(options, options.Training, seed);
        try
        {
            // A head of zeros: before the first update every state is worth the mean of the normalised scores.
            var fromReward = (options.ValueFrom ?? (options.RewardModel.Count == 0 ? ValueSource.Policy : ValueSource.RewardModel)) == ValueSource.RewardModel;
            return new PpoModels(
                shared, StageModels.LoadScalarHead(options.Training, fromReward ? options.RewardModel[0] : options.Model, Seeds.Derive(seed, "value"), headDeviation: 0));
        }
        catch
        {
            shared.Dispose();
            throw;
        }
    }

    /// <summary>What the run takes of the memory: policy and value model are trained one after the other, the others are asked only.</summary>
    /// <param name="options">Batch, adapter, quantisation.</param>
    /// <param name="lengths">Tokens of each prompt with the longest response that it may get.</param>
    public MemoryEstimate Memory(PpoOptions options, IReadOnlyCollection<int> lengths) => MemoryEstimate.Together(
    [
        .. Shared.Memory(options, options.Training, lengths),
        StageModels.Memory(
            options.Training, Value.Config, options.Model, options.Training.BatchSize, lengths.Max(), dropout: false, scalarHead: true,
            tokens: MicroBatchTokens.Most(lengths, options.Training.BatchSize)),
    ]);

    /// <inheritdoc/>
    public void Dispose()
    {
        Shared.Dispose();
        Value.Dispose();
    }
}
