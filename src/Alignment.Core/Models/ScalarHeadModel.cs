using Alignment.Core.Lora;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// A decoder with one number per token: a reward model (the last real token counts) or a value model (every token counts). Hugging
/// Face's <c>...ForSequenceClassification</c> with <c>num_labels = 1</c>: the head is <c>score.weight</c>, without bias.
/// </summary>
/// <remarks>Made by <see cref="Checkpoints.ModelFolder"/>. Parameters are float32 and belong to no dispose scope; results belong to the caller's.</remarks>
public sealed class ScalarHeadModel : nn.Module<Tensor, Tensor>
{
    private readonly ComputeMode _mode = new();
    private readonly Decoder _decoder;
    private readonly Projection _head;

    internal ScalarHeadModel(ModelConfig config, IParameterSource source, Device device)
        : base(nameof(ScalarHeadModel))
    {
        Config = config;
        Device = device;
        _decoder = new Decoder(config, _mode, source, device);
        ModulePath.Register(this, config.Family.Names.Backbone, _decoder);

        // The head has a mode of its own: one dot product per token gains nothing from bfloat16 and loses digits of the reward.
        _head = new Projection(new ComputeMode(), source, "score", config.TokenWidth, 1, hasBias: false, storedTransposed: false, ParameterInit.Head);
        register_module("score", _head);
    }

    /// <summary>What the model was built from.</summary>
    public ModelConfig Config { get; }

    /// <summary>Where the parameters lie.</summary>
    public Device Device { get; }

    /// <summary>Mean of the raw rewards on the reference samples; stored as <c>reward_mean</c>.</summary>
    public double RewardMean { get; set; }

    /// <summary>Standard deviation of the raw rewards on the reference samples, above 0; stored as <c>reward_std</c>.</summary>
    public double RewardStd { get; set; } = 1;

    /// <summary>Type of the matrix products; see <see cref="CausalLm.ComputeType"/>.</summary>
    /// <exception cref="ArgumentException">Neither float32 nor bfloat16.</exception>
    public ScalarType ComputeType
    {
        get => _mode.Type;
        set => _mode.Type = value is ScalarType.Float32 or ScalarType.BFloat16
            ? value
            : throw new ArgumentException($"The compute type must be Float32 or BFloat16, got {value}.", nameof(value));
    }

    /// <summary>See <see cref="CausalLm.DropoutGenerator"/>.</summary>
    public Generator? DropoutGenerator
    {
        get => _mode.DropoutGenerator;
        set => _mode.DropoutGenerator = value;
    }

    /// <summary>The raw number at every position of unpadded or right-padded rows, [B, T].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    public override Tensor forward(Tensor ids) => Values(ids);

    /// <summary>The raw number at every position.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool; see <see cref="CausalLm.Hidden(Tensor, Tensor?, Tensor?)"/>.</param>
    /// <param name="positions">[B, T] Int64; see <see cref="CausalLm.Hidden(Tensor, Tensor?, Tensor?)"/>.</param>
    /// <returns>[B, T] float32; at padding it carries no meaning.</returns>
    public Tensor Values(Tensor ids, Tensor? attentionMask = null, Tensor? positions = null)
    {
        using var scope = NewDisposeScope();
        return _head.forward(_decoder.Forward(ids, attentionMask, positions)).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The raw reward of each right-padded row: the number at its last real token. See <see cref="Normalize"/>.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="lengths">Real tokens of each row, 1 to T.</param>
    /// <returns>[B] float32.</returns>
    /// <exception cref="ArgumentException">Lengths that do not fit.</exception>
    public Tensor Scores(Tensor ids, IReadOnlyList<int> lengths)
    {
        if (lengths.Count != ids.size(0) || lengths.Any(length => length < 1 || length > ids.size(1)))
        {
            throw new ArgumentException($"Expected {ids.size(0)} lengths of 1 to {ids.size(1)}, got [{string.Join(", ", lengths)}].", nameof(lengths));
        }

        using var scope = NewDisposeScope();
        var hidden = _decoder.Forward(ids, null, null).reshape(-1, Config.TokenWidth); // [B·T, D]
        var last = lengths.Select((length, row) => (row * ids.size(1)) + length - 1).ToArray();
        return _head.forward(hidden.index_select(0, tensor(last, device: ids.device))).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>(raw − <see cref="RewardMean"/>) / <see cref="RewardStd"/>: mean 0 and variance 1 on the reference samples.</summary>
    /// <param name="raw">Any shape.</param>
    public Tensor Normalize(Tensor raw)
    {
        using var scope = NewDisposeScope();
        return ((raw - RewardMean) / RewardStd).MoveToOuterDisposeScope();
    }

    /// <summary>See <see cref="CausalLm.HoldWeights"/>.</summary>
    public IDisposable HoldWeights() => _mode.Hold();

    /// <summary>
    /// Whether layers keep their inputs only while training and run again for their gradients: less memory, a third more time, the same numbers.
    /// </summary>
    public bool GradientCheckpointing
    {
        get => _mode.Checkpointing;
        set => _mode.Checkpointing = value;
    }

    /// <summary>The updates that are trained in place of the decoder's weights; null when the model has none.</summary>
    public LoraAdapter? Adapter { get; private set; }

    /// <summary>Gives the decoder updates that begin as nothing and freezes its weights; the head is trained in full and stored with the updates.</summary>
    /// <param name="config">See <see cref="CausalLm.AddAdapter"/>.</param>
    /// <param name="seed">Draws the updates.</param>
    /// <exception cref="InvalidDataException">Names that mean nothing in this model; every one is listed.</exception>
    /// <exception cref="InvalidOperationException">The model has an adapter.</exception>
    public void AddAdapter(LoraConfig config, long seed) =>
        Adapter = Adapter is null
            ? LoraAdapter.Attach(this, Config, heads: [_head.Name], config, seed, Device)
            : throw new InvalidOperationException("The model has an adapter already.");

    /// <summary>See <see cref="CausalLm.MergeAdapter"/>.</summary>
    public void MergeAdapter() => Adapter?.Merge();

    /// <summary>Submodules are registered by name in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Adapter?.DisposeOriginals();
        base.Dispose(disposing);
    }
}
