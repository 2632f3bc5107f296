using Alignment.Core.Lora;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>A decoder with an output layer over the vocabulary. Its state-dict keys are Hugging Face's.</summary>
/// <remarks>Made by <see cref="Checkpoints.ModelFolder"/>. Parameters are float32 and belong to no dispose scope; results belong to the caller's.</remarks>
public sealed class CausalLm : nn.Module<Tensor, Tensor>
{
    private readonly ComputeMode _mode = new();
    private readonly Decoder _decoder;
    private readonly Projection? _head;

    internal CausalLm(ModelConfig config, IParameterSource source, Device device)
        : base(nameof(CausalLm))
    {
        Config = config;
        Device = device;
        _mode.ScaledDotProduct = ComputeMode.OneOperator(config, device);
        _decoder = new Decoder(config, _mode, source, device);
        var names = config.Family.Names;
        ModulePath.Register(this, names.Backbone, _decoder);
        if (!config.TiedEmbeddings)
        {
            _head = new Projection(_mode, source, names.Head, config.TokenWidth, config.VocabularySize, config.HeadBias, storedTransposed: false);
            register_module(names.Head, _head);
        }
    }

    /// <summary>What the model was built from.</summary>
    public ModelConfig Config { get; }

    /// <summary>Where the parameters lie.</summary>
    public Device Device { get; }

    /// <summary>[V, D]: the token embedding where it is tied, else <c>lm_head.weight</c>.</summary>
    public Tensor OutputWeight => _head is null ? _decoder.TokenWeight : _head.Weight;

    /// <summary>[V], added to the logits; null where the family has none.</summary>
    public Tensor? OutputBias => _head?.Bias;

    /// <summary>
    /// Type of the matrix products, float32 or bfloat16. Parameters stay float32 and are converted at each use; norms, softmax, the
    /// residual stream and logits stay float32.
    /// </summary>
    /// <exception cref="ArgumentException">Another type.</exception>
    public ScalarType ComputeType
    {
        get => _mode.Type;
        set => _mode.Type = value is ScalarType.Float32 or ScalarType.BFloat16
            ? value
            : throw new ArgumentException($"The compute type must be Float32 or BFloat16, got {value}.", nameof(value));
    }

    /// <summary>
    /// Draws dropout masks while training; null means torch's default generator. Its state belongs into a checkpoint
    /// (<c>Generator.get_state</c>, or <c>torch.random.get_rng_state</c> for the default one). Not disposed with the model.
    /// </summary>
    public Generator? DropoutGenerator
    {
        get => _mode.DropoutGenerator;
        set => _mode.DropoutGenerator = value;
    }

    /// <summary>Logits of every position, [B, T, V]. For short inputs: training takes log-probs from <see cref="Hidden(Tensor, Tensor?, Tensor?)"/>.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    public override Tensor forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return Logits(Hidden(ids)).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states after the final norm.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool, true = real token, on the CPU or on the model's device. Null when every token is real or padding is on the right: a token never sees what follows it.</param>
    /// <param name="positions">[B, T] Int64, on the CPU, or on the model's device, which is then waited for to check them. Null = the number of real tokens before each token.</param>
    /// <returns>[B, T, D] float32; at padding it carries no meaning. D is <see cref="ModelConfig.TokenWidth"/>.</returns>
    /// <exception cref="ArgumentException">Longer than learned positions reach, or a token before the first position.</exception>
    public Tensor Hidden(Tensor ids, Tensor? attentionMask = null, Tensor? positions = null) => _decoder.Forward(ids, attentionMask, positions);

    /// <summary>Hidden states of packed sequences, [N, D] float32; only where <see cref="Fuses"/> says so.</summary>
    /// <param name="packed">The sequences.</param>
    /// <param name="vectors">From <see cref="Share"/>, [N, D]; null = looked up.</param>
    internal Tensor Hidden(PackedSequences packed, Tensor? vectors = null) => _decoder.Forward(packed, vectors);

    /// <summary>The same of rows that hold one sequence each, or several, [B, T, D] float32.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="sequences">Where several lie; null = one each.</param>
    /// <param name="vectors">From <see cref="Share"/>, [B, T, D]; null = looked up.</param>
    internal Tensor HiddenOfRows(Tensor ids, RowSequences? sequences, Tensor? vectors) =>
        sequences is null ? _decoder.Forward(ids, null, null, vectors) : _decoder.Forward(ids, sequences, vectors);

    /// <summary>
    /// Where the embedding is the output layer and is trained: the vectors of tokens, and the weight for the output layer that reads the hidden
    /// states which come of them. Its one gradient then takes the vectors' up. Else nothing and <see cref="OutputWeight"/>.
    /// </summary>
    /// <param name="ids">[...] Int64.</param>
    internal (Tensor? Vectors, Tensor OutputWeight) Share(Tensor ids) =>
        _head is null && is_grad_enabled() && OutputWeight.requires_grad ? _decoder.Share(ids) : (null, OutputWeight);

    /// <summary>Whether sequences of this length can be packed.</summary>
    internal bool Fuses(long length) => _decoder.Fuses(length);

    /// <summary>Whether sequences that begin alike may share their beginning: dropout differs from sequence to sequence.</summary>
    internal bool Shares => !training || Config is { EmbeddingDropout: 0, ResidualDropout: 0 };

    /// <summary>
    /// Hidden states of tokens that follow those in the cache, which then holds them too: first the prompts (padded on the right,
    /// with their lengths as <paramref name="counts"/>), then one token per row. Call under <c>no_grad</c>.
    /// </summary>
    /// <param name="ids">[B, T] Int64, B = the cache's rows.</param>
    /// <param name="cache">From <see cref="CreateCache"/>.</param>
    /// <param name="counts">How many of the T tokens of each row are real; null = all.</param>
    /// <returns>[B, T, D] float32; beyond a row's count it carries no meaning.</returns>
    /// <exception cref="ArgumentException">Too many tokens for the cache or the learned positions, or rows that do not match.</exception>
    public Tensor Hidden(Tensor ids, KvCache cache, IReadOnlyList<int>? counts = null) => _decoder.Extend(ids, cache, counts);

    /// <summary>Logits of hidden states.</summary>
    /// <param name="hidden">[..., D].</param>
    /// <returns>[..., V] float32.</returns>
    public Tensor Logits(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var logits = nn.functional.linear(_mode.Convert(hidden), _mode.Weight(OutputWeight)); // [..., V]
        logits = logits.dtype == ScalarType.BFloat16 ? logits.to(ScalarType.Float32) : logits;
        logits = OutputBias is null ? logits : logits + OutputBias;
        return (Config.LogitSoftCap is { } cap ? (logits / cap).tanh() * cap : logits).MoveToOuterDisposeScope();
    }

    /// <summary>An empty cache for this model, in its present compute type.</summary>
    /// <param name="rows">Sequences.</param>
    /// <param name="capacity">Most tokens of one sequence, prompt and response together.</param>
    public KvCache CreateCache(int rows, int capacity) =>
        new(Config, rows, capacity, ComputeType == ScalarType.Float32 ? OutputWeight.dtype : ComputeType, Device);

    /// <summary>
    /// Until the result is disposed, weights are converted to the compute type once and kept, for calls under <c>no_grad</c>: generation
    /// would else convert every weight for every token. Weights must not change meanwhile.
    /// </summary>
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

    /// <summary>What the modules share.</summary>
    internal ComputeMode Mode => _mode;

    /// <summary>The layers, for decoding.</summary>
    internal Decoder Decoder => _decoder;

    /// <summary>The output layer; null where the embedding is it.</summary>
    internal Projection? Head => _head;

    /// <summary>Gives the model updates that begin as nothing and freezes everything else.</summary>
    /// <param name="config">Rank, scale, target modules; <see cref="LoraConfig.BaseModel"/> is the folder that the model came from.</param>
    /// <param name="seed">Draws the updates.</param>
    /// <exception cref="InvalidDataException">Names that mean nothing in this model; every one is listed.</exception>
    /// <exception cref="InvalidOperationException">The model has an adapter.</exception>
    public void AddAdapter(LoraConfig config, long seed) =>
        Adapter = Adapter is null
            ? LoraAdapter.Attach(this, Config, heads: [], config, seed, Device)
            : throw new InvalidOperationException("The model has an adapter already.");

    /// <summary>Puts the adapter's updates into the weights, where there is one; see <see cref="LoraAdapter.Merge"/>.</summary>
    public void MergeAdapter() => Adapter?.Merge();

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
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
