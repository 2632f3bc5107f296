using System.Runtime.InteropServices;
using Alignment.Core.Lora;
using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// Hugging Face's <c>...ForSequenceClassification</c>: a number for each label of a text. A decoder's last real token is scored
/// (<c>score.weight</c>, no bias), an encoder's pooled first one (<c>classifier.weight</c> and <c>.bias</c>).
/// </summary>
/// <remarks>Made by <see cref="Checkpoints.ModelFolder"/>. Parameters are float32 and belong to no dispose scope; results belong to the caller's.</remarks>
public class SequenceClassifier : nn.Module<Tensor, Tensor>
{
    private readonly ComputeMode _mode = new();
    private readonly Decoder? _decoder;
    private readonly Encoder? _encoder;
    private readonly Projection _head;

    internal SequenceClassifier(ModelConfig config, LabelSet labels, IParameterSource source, Device device)
        : base(nameof(SequenceClassifier))
    {
        Config = config;
        Labels = labels;
        Device = device;
        _mode.ScaledDotProduct = ComputeMode.OneOperator(config, device);
        if (config.IsEncoder)
        {
            _encoder = new Encoder(config, _mode, source);
            register_module(config.Family.Names.Backbone, _encoder);
        }
        else
        {
            _decoder = new Decoder(config, _mode, source, device);
            ModulePath.Register(this, config.Family.Names.Backbone, _decoder);
        }

        // The head has a mode of its own: one product per text gains nothing from bfloat16 and loses digits of the scores.
        var name = HeadOf(config);
        _head = new Projection(new ComputeMode(), source, name, config.TokenWidth, labels.Count, hasBias: config.IsEncoder, storedTransposed: false, ParameterInit.Head);
        register_module(name, _head);
    }

    /// <summary>What the model was built from.</summary>
    public ModelConfig Config { get; }

    /// <summary>What it tells apart.</summary>
    public LabelSet Labels { get; }

    /// <summary>Where the parameters lie.</summary>
    public Device Device { get; }

    /// <summary>Type of the matrix products; see <see cref="CausalLm.ComputeType"/>. The head's stay in float32.</summary>
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

    /// <summary>Logits of texts without padding, [B, C].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    public override Tensor forward(Tensor ids) => Logits(ids);

    /// <summary>A number for each label, whatever the side of the padding and the padding's id.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool, true = real token, at least one in each row; null when all are real. As all that follow, on the CPU or on the model's device.</param>
    /// <param name="positions">[B, T] Int64. Null: a decoder counts the real tokens before each, an encoder every place. A decoder checks them and waits for the device if they are there.</param>
    /// <param name="segments">[B, T] Int64, for encoders (BERT's token types); null = 0.</param>
    /// <returns>[B, C] float32.</returns>
    /// <exception cref="ArgumentException">Longer than learned positions reach.</exception>
    public Tensor Logits(Tensor ids, Tensor? attentionMask = null, Tensor? positions = null, Tensor? segments = null)
    {
        using var scope = NewDisposeScope();
        if (_encoder is not null)
        {
            var pooled = _encoder.Forward(ids, attentionMask, positions, segments); // [B, D]
            return _head.forward(_mode.Dropout(pooled, Config.HeadDropout, training)).MoveToOuterDisposeScope();
        }

        var (rows, time) = (ids.size(0), ids.size(1));
        var places = arange(1, time + 1, dtype: ScalarType.Int64, device: ids.device);
        var last = attentionMask is null
            ? full(rows, time - 1, dtype: ScalarType.Int64, device: ids.device)
            : (attentionMask.SentTo(ids.device).to(ScalarType.Int64) * places).argmax(1); // [B]
        last = last + (arange(rows, dtype: ScalarType.Int64, device: ids.device) * time);
        return At(Hidden(ids, attentionMask, positions), last).MoveToOuterDisposeScope();
    }

    /// <summary>What the modules share.</summary>
    internal ComputeMode Mode => _mode;

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

    /// <summary>The updates that are trained in place of the weights; null when the model has none.</summary>
    public LoraAdapter? Adapter { get; private set; }

    /// <summary>Gives the model updates that begin as nothing and freezes its weights; the head is trained in full and stored with the updates.</summary>
    /// <param name="config">See <see cref="CausalLm.AddAdapter"/>.</param>
    /// <param name="seed">Draws the updates.</param>
    /// <exception cref="InvalidDataException">Names that mean nothing in this model; every one is listed.</exception>
    /// <exception cref="InvalidOperationException">The model has an adapter.</exception>
    public void AddAdapter(LoraConfig config, long seed) =>
        Adapter = Adapter is null
            ? LoraAdapter.Attach(this, Config, heads: [_head.Name, .. DrawnModules], config, seed, Device)
            : throw new InvalidOperationException("The model has an adapter already.");

    /// <summary>Modules besides the head that the model's folder lacked, so that they were drawn anew: an adapter trains and stores them in full.</summary>
    internal IReadOnlyList<string> DrawnModules { get; set; } = [];

    /// <summary>See <see cref="CausalLm.MergeAdapter"/>.</summary>
    public void MergeAdapter() => Adapter?.Merge();

    /// <summary>The name of the head's module.</summary>
    internal static string HeadOf(ModelConfig config) => config.IsEncoder ? "classifier" : "score";

    /// <summary>A decoder's hidden states, [B, T, D].</summary>
    private protected Tensor Hidden(Tensor ids, Tensor? attentionMask, Tensor? positions) => _decoder!.Forward(ids, attentionMask, positions);

    /// <summary>A decoder's hidden states at some rows of the flattened [B·T, D] without the rest of the batch, [N, D]; null where only whole batches run.</summary>
    private protected Tensor? Packed(Tensor ids, long[] rows)
    {
        if (_decoder?.Fuses(ids.size(1)) != true)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var shares = !training || Config is { EmbeddingDropout: 0, ResidualDropout: 0 };
        var packed = PackedSequences.Of(MemoryMarshal.Cast<byte, long>(ids.contiguous().bytes), (int)ids.size(1), rows, shares);
        return packed.Select(_decoder.Forward(packed), rows).MoveToOuterDisposeScope();
    }

    /// <summary>Logits of hidden states, [..., C].</summary>
    private protected Tensor Head(Tensor hidden) => _head.forward(hidden);

    /// <summary>Logits at rows of the flattened hidden states [B·T, D].</summary>
    /// <returns>[N, C], in the caller's dispose scope.</returns>
    private protected Tensor At(Tensor hidden, Tensor rows)
    {
        using var scope = NewDisposeScope();
        return Head(hidden.reshape(-1, hidden.size(2)).index_select(0, rows)).MoveToOuterDisposeScope();
    }

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
