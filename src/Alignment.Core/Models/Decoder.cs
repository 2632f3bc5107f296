using Alignment.Core.Kernels;
using Alignment.Core.Numerics;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>Token ids to hidden states: embedding, layers, final norm. Every family is this class under other names.</summary>
internal sealed class Decoder : nn.Module
{
    private readonly ModelConfig _config;
    private readonly ComputeMode _mode;
    private readonly VectorTable _tokens;
    private readonly VectorTable? _places;
    private readonly Projection? _projectIn;
    private readonly Projection? _projectOut;
    private readonly DecoderLayer[] _layers;
    private readonly Norm? _norm;
    private readonly RotaryTable? _rotary;
    private readonly RotaryTable? _localRotary;

    /// <param name="config">The shape.</param>
    /// <param name="mode">Shared by the whole model.</param>
    /// <param name="source">Gives the parameters.</param>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="take">Is given each layer, which is freed behind it, so that the decoder itself has none; null = the decoder keeps them.</param>
    public Decoder(ModelConfig config, ComputeMode mode, IParameterSource source, Device device, Action<DecoderLayer, int>? take = null)
        : base(nameof(Decoder))
    {
        var names = config.Family.Names;
        _config = config;
        _mode = mode;
        _tokens = Table(names.TokenEmbedding, config.VocabularySize, config.TokenWidth, config.Family.FixedPadRow ? config.PadId : null);
        if (config.Positions == PositionKind.Learned)
        {
            _places = Table(names.PositionEmbedding!, config.MaxPositions + config.PositionOffset, config.Width);
        }
        else
        {
            _rotary = new RotaryTable(new RotaryFrequencies(config, config.RotaryBase, config.RotaryScaling), device);
            _localRotary = config.LocalRotaryBase is { } local ? new RotaryTable(new RotaryFrequencies(config, local, null), device) : null;
        }

        if (config.TokenWidth != config.Width)
        {
            _projectIn = Project(names.ProjectIn!, config.TokenWidth, config.Width);
            _projectOut = Project(names.ProjectOut!, config.Width, config.TokenWidth);
        }

        _layers = take is null ? [.. Enumerable.Range(0, config.Layers).Select(Layer)] : [];
        for (var i = 0; i < config.Layers && take is not null; i++)
        {
            using var scope = NewDisposeScope();
            using var layer = Layer(i);
            take(layer, i);
        }

        register_module(names.Layers, new ModuleList<DecoderLayer>(_layers));
        if (config.FinalNorm)
        {
            _norm = new Norm(config, source, $"{names.Backbone}.{names.FinalNorm}", config.Width);
            register_module(names.FinalNorm, _norm);
        }

        DecoderLayer Layer(int i) => new(config, mode, source, $"{names.Backbone}.{names.Layers}.{i}", i);

        VectorTable Table(string name, long count, long width, long? fixedRow = null)
        {
            var table = new VectorTable(source, $"{names.Backbone}.{name}", count, width, fixedRow);
            register_module(name, table);
            return table;
        }

        Projection Project(string name, long inputs, long outputs)
        {
            var projection = new Projection(mode, source, $"{names.Backbone}.{name}", inputs, outputs, hasBias: false, storedTransposed: false);
            register_module(name, projection);
            return projection;
        }
    }

    /// <summary>[V, token width].</summary>
    public Parameter TokenWeight => _tokens.Weight;

    /// <summary>The layers, in order.</summary>
    public IReadOnlyList<DecoderLayer> Layers => _layers;

    /// <summary>After the last layer; null where there is none.</summary>
    public Norm? FinalNorm => _norm;

    /// <summary>Angles of layers without a window; null without rotary positions.</summary>
    public RotaryTable? Rotary => _rotary;

    /// <summary>Angles of layers with a window, where they have their own.</summary>
    public RotaryTable? LocalRotary => _localRotary;

    /// <summary>Type of attention scores.</summary>
    private ScalarType ScoreType => _mode.Type == ScalarType.Float32 ? TokenWeight.dtype : _mode.Type;

    /// <summary>Hidden states after the final norm, [B, T, token width].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="attentionMask">[B, T] Bool, true = real token; null when all are real or padding is on the right. On the CPU or on the model's device.</param>
    /// <param name="positions">[B, T] Int64; null = counted from the mask. Read: on the CPU, if the device is not to be waited for.</param>
    /// <param name="vectors">The tokens' vectors, [B, T, token width], where they are at hand.</param>
    /// <exception cref="ArgumentException">A position that the model does not have.</exception>
    public Tensor Forward(Tensor ids, Tensor? attentionMask, Tensor? positions, Tensor? vectors = null)
    {
        using var scope = NewDisposeScope();
        var time = ids.size(1);
        var length = positions is null ? time : positions.max().ToInt64() + 1;
        CheckLength(length);
        positions = positions is null ? null : FromTheFirst(positions, attentionMask).SentTo(ids.device);

        // No token sees what follows it, so that padding on the right needs no mask; a mask that lies on the device is not read for it.
        attentionMask = _mode.ScaledDotProduct && attentionMask?.device_type == DeviceType.CPU && IsOnTheRight(attentionMask) ? null : attentionMask?.SentTo(ids.device);
        if (positions is null && attentionMask is not null)
        {
            // A token's position is the number of real tokens before it; padding on the left gets some valid position.
            positions = attentionMask.to(ScalarType.Int64).cumsum(1).sub_(1).clamp_(min: (Scalar)0);
        }

        if (positions is null && Fuses(time))
        {
            return Run(ids, null, SequenceGroups.OfRows(ids.size(0), time), arange(time, dtype: ScalarType.Int64, device: ids.device).repeat(ids.size(0)), time, vectors).MoveToOuterDisposeScope();
        }

        return Run(ids, positions, 0, time, [length], cache: null, window => attentionMask is null
            ? Causal(0, time, window, ids.device)
            : AttentionMask.Padded(MaskHeads, attentionMask, window, ScoreType), vectors).MoveToOuterDisposeScope();
    }

    /// <summary>Whether sequences of this length can be packed: the kernels are there, and nothing is asked of attention that they do not do.</summary>
    public bool Fuses(long length) =>
        NativeKernels.Fits(TokenWeight) && TokenWeight.dtype == ScalarType.Float32 && !DependsOnLength && _config.ScoreSoftCap is null
        && !(_config.Window < length) && !(training && _config.AttentionDropout > 0);

    /// <summary>The vectors of tokens, and the table for the output layer that it is, too: its gradient then takes theirs up.</summary>
    /// <param name="ids">[...] Int64.</param>
    /// <returns>[..., token width]; [V, token width].</returns>
    public (Tensor Vectors, Tensor Table) Share(Tensor ids)
    {
        using var phase = StepPhases.Enter(StepPhases.Embedding);
        return _tokens.Share(ids);
    }

    /// <summary>Hidden states of packed sequences, [N, token width]; only where <see cref="Fuses"/> says so.</summary>
    /// <param name="packed">The sequences.</param>
    /// <param name="vectors">Their tokens' vectors, [N, token width], where they are at hand.</param>
    /// <exception cref="ArgumentException">A position that the model does not have.</exception>
    public Tensor Forward(PackedSequences packed, Tensor? vectors = null)
    {
        using var scope = NewDisposeScope();
        CheckLength(packed.Longest);
        return Run(packed.Ids.unsqueeze(0), packed.Positions.unsqueeze(0), packed.Groups, packed.Positions, packed.Longest, vectors?.unsqueeze(0)).view(-1, _config.TokenWidth).MoveToOuterDisposeScope();
    }

    /// <summary>Hidden states of rows that hold several sequences each, of which none sees another, [B, T, token width].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="sequences">Where they lie.</param>
    /// <param name="vectors">The tokens' vectors, [B, T, token width], where they are at hand.</param>
    /// <exception cref="ArgumentException">A position that the model does not have.</exception>
    public Tensor Forward(Tensor ids, RowSequences sequences, Tensor? vectors = null)
    {
        using var scope = NewDisposeScope();
        CheckLength(sequences.Lengths.Max());
        var sent = Devices.Send(ids.device, sequences.Positions, sequences.Numbers);
        var (positions, numbers) = (sent[0].view(ids.shape), sent[1].view(ids.shape)); // [B, T] each
        return Run(ids, positions, 0, cache: null, () => Inputs(null, _rotary), () => Inputs(_config.Window, _localRotary ?? _rotary), vectors).MoveToOuterDisposeScope();

        AttentionInputs Inputs(long? width, RotaryTable? rotary)
        {
            var (cos, sin) = rotary?.At(positions.view(-1, 1), DependsOnLength ? sequences.Lengths : [1], ScoreType) ?? default; // [B·T, 1, 1, r/2]
            return new AttentionInputs { Mask = AttentionMask.Sequences(MaskHeads, numbers, width, ScoreType), Cos = Rows(cos), Sin = Rows(sin) };
        }

        Tensor? Rows(Tensor? factors) => factors?.view(ids.size(0), ids.size(1), 1, -1); // [B, T, 1, r/2]
    }

    /// <summary>Hidden states of tokens that follow those in the cache, [B, T, token width]; the cache then holds them too.</summary>
    /// <param name="ids">[B, T] Int64; rows with fewer new tokens are padded on the right.</param>
    /// <param name="cache">B rows.</param>
    /// <param name="counts">New tokens of each row; all T when null.</param>
    public Tensor Extend(Tensor ids, KvCache cache, IReadOnlyList<int>? counts)
    {
        using var scope = NewDisposeScope();
        var time = ids.size(1);
        cache.Begin(ids, counts);
        var (shortest, longest) = (cache.Lengths.Min(), cache.Lengths.Max());
        CheckLength(longest + time);
        if (cache.NewLengths.Zip(cache.Lengths).Any(row => row.Second > 0 && Regime(row.First) != Regime(row.Second)))
        {
            return Again(cache, time).MoveToOuterDisposeScope();
        }

        Tensor? positions = null;
        if (shortest != longest || DependsOnLength)
        {
            var starts = tensor(cache.Lengths.Select(length => (long)length).ToArray()).SentTo(ids.device);
            positions = starts.unsqueeze(1) + arange(time, dtype: ScalarType.Int64, device: ids.device); // [B, T]
        }

        IReadOnlyList<long> lengths = DependsOnLength ? [.. cache.NewLengths.Select(length => (long)length)] : [longest + time];
        var hidden = Run(ids, positions, shortest, longest + time, lengths, cache, window => shortest == longest
            ? Causal(shortest, time, window, ids.device)
            : AttentionMask.Ragged(MaskHeads, positions!, longest + time, window, ScoreType));
        cache.End();
        return hidden.MoveToOuterDisposeScope();
    }

    /// <summary>Submodules are registered by the family's names in the constructor; fields are not to be walked.</summary>
    protected override void RegisterComponents()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _rotary?.Dispose();
        _localRotary?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Key heads that have a mask of their own each, and query heads that lie side by side along time: one each where a mask is for all heads.</summary>
    private (long Keys, long Groups) MaskHeads => _mode.ScaledDotProduct ? (1, 1) : (_config.KeyValueHeads, _config.Heads / _config.KeyValueHeads);

    /// <summary>The mask of rows that are alike; null also where attention needs none to look back only.</summary>
    private Tensor? Causal(long start, long time, long? window, Device device) =>
        _mode.ScaledDotProduct && start == 0 && window is null ? null : AttentionMask.Causal(MaskHeads.Groups, start, time, window, ScoreType, device);

    /// <summary>Given positions without what lies before the first; padding may have any, and gets a valid one.</summary>
    private Tensor FromTheFirst(Tensor positions, Tensor? attentionMask)
    {
        if (positions.min().ToInt64() < -_config.PositionOffset && attentionMask is not null)
        {
            positions = positions.masked_fill(attentionMask.to(positions.device).logical_not(), 0);
        }

        var lowest = positions.min().ToInt64();
        return lowest >= -_config.PositionOffset
            ? positions
            : throw new ArgumentException($"A token has the position {lowest}; the first that this {_config.ModelType} model has is {-_config.PositionOffset}.", nameof(positions));
    }

    /// <summary>Whether no real token follows padding.</summary>
    private static bool IsOnTheRight(Tensor attentionMask)
    {
        var later = attentionMask.size(1) - 1;
        return !(attentionMask.narrow(1, 1, later) & attentionMask.narrow(1, 0, later).logical_not()).any().ToBoolean();
    }

    /// <summary>Whether a sequence's angles depend on how long it is, see <see cref="RotaryFrequencies"/>.</summary>
    private bool DependsOnLength => _rotary?.Frequencies.DependOnLength == true;

    private long Regime(long length) => _rotary?.Frequencies.Regime(length) ?? 0;

    /// <summary>A row has reached a length from which on its angles are others: all tokens run again, as they would without a cache.</summary>
    private Tensor Again(KvCache cache, long time)
    {
        var starts = cache.Lengths.Select(length => (long)length).ToArray();
        var lengths = cache.NewLengths;
        var ids = cache.Restart(); // [B, S]
        var (rows, longest) = (ids.size(0), ids.size(1));
        var hidden = Extend(ids, cache, lengths).view(rows * longest, _config.TokenWidth);
        var places = starts.SelectMany((start, row) => Enumerable.Range(0, (int)time).Select(t => (row * longest) + Math.Min(start + t, longest - 1)));
        return hidden.index_select(0, tensor(places.ToArray()).SentTo(ids.device)).view(rows, time, _config.TokenWidth);
    }

    /// <summary>The layers with the fused kernel; places are the positions of all tokens, [B·T].</summary>
    private Tensor Run(Tensor ids, Tensor? positions, SequenceGroups groups, Tensor places, long length, Tensor? vectors)
    {
        return Run(ids, positions, 0, cache: null, () => Inputs(_rotary), () => Inputs(_localRotary ?? _rotary), vectors);

        AttentionInputs Inputs(RotaryTable? rotary)
        {
            if (rotary is null)
            {
                return new AttentionInputs { Groups = groups };
            }

            var (cos, sin) = rotary.Of(places, length);
            return new AttentionInputs { Groups = groups.With(cos, sin) };
        }
    }

    /// <summary>The layers; positions are start, start + 1, … in every row where none are given. Lengths are those of the rows, or one for all.</summary>
    private Tensor Run(Tensor ids, Tensor? positions, long start, long keys, IReadOnlyList<long> lengths, KvCache? cache, Func<long?, Tensor?> mask, Tensor? vectors = null)
    {
        return Run(ids, positions, start, cache, () => Inputs(null, _rotary), () => Inputs(_config.Window < keys ? _config.Window : null, _localRotary ?? _rotary), vectors);

        AttentionInputs Inputs(long? width, RotaryTable? rotary)
        {
            (Tensor? cos, Tensor? sin) = rotary is null ? (null, null)
                : positions is null ? rotary.Range(start, ids.size(1), lengths[0], ScoreType)
                : rotary.At(positions, lengths, ScoreType);
            return new AttentionInputs { Mask = mask(width), Cos = cos, Sin = sin, Cache = cache };
        }
    }

    private Tensor Run(Tensor ids, Tensor? positions, long start, KvCache? cache, Func<AttentionInputs> ofEverything, Func<AttentionInputs> ofWindow, Tensor? vectors)
    {
        var hidden = Embed(ids, positions, start, vectors); // [B, T, D]
        var everything = new Lazy<AttentionInputs>(ofEverything);
        var window = new Lazy<AttentionInputs>(ofWindow);
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var inputs = (_config.HasWindow(layer) ? window : everything).Value;
            hidden = _mode.Checkpointing && cache is null && is_grad_enabled()
                ? LayerCheckpoint.Run(_layers[layer], hidden, inputs, _mode)
                : _layers[layer].forward(hidden, inputs);
        }

        hidden = _norm is null ? hidden : _norm.forward(hidden);
        return _projectOut is null ? hidden : _projectOut.forward(hidden).to(TokenWeight.dtype);
    }

    /// <summary>What enters the first layer, [B, T, D].</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="positions">[B, T] Int64; null = from the start on.</param>
    /// <param name="start">The first token's position, where none are given.</param>
    /// <param name="vectors">The tokens' vectors, [B, T, token width], where they are at hand.</param>
    public Tensor Embed(Tensor ids, Tensor? positions, long start, Tensor? vectors = null)
    {
        using var phase = StepPhases.Enter(StepPhases.Embedding);
        var hidden = vectors ?? _tokens.forward(ids); // [B, T, token width]
        if (_config.ScaleEmbeddings)
        {
            // Rounded as the compute type does.
            hidden = hidden * tensor((float)Math.Sqrt(_config.Width)).to(_mode.Type).to(ScalarType.Float32).ToSingle();
        }

        if (_projectIn is not null)
        {
            hidden = _projectIn.forward(hidden).to(TokenWeight.dtype); // [B, T, D]
        }

        if (_places is not null)
        {
            var places = positions ?? arange(start, start + ids.size(1), dtype: ScalarType.Int64, device: ids.device);
            hidden = hidden + _places.forward(_config.PositionOffset == 0 ? places : places + _config.PositionOffset);
        }

        return _mode.Dropout(hidden, _config.EmbeddingDropout, training);
    }

    private void CheckLength(long length)
    {
        if (_places is not null && length > _config.MaxPositions)
        {
            throw new ArgumentException($"A sequence of {length} tokens is longer than the {_config.MaxPositions} positions that this {_config.ModelType} model has.", nameof(length));
        }
    }
}
