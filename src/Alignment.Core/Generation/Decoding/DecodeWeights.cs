using Alignment.Core.Kernels;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// A model's weights as decoding wants them: in the model's compute type, low-rank updates in the weights. Either a copy, in which what the
/// model learns afterwards is not, or all that there is of the model.
/// </summary>
internal sealed class DecodeWeights : IDisposable
{
    private readonly Decoder _decoder;
    private readonly bool _ownsDecoder;

    /// <summary>Copies a model's weights.</summary>
    /// <param name="model">One that <see cref="Supports"/> accepts.</param>
    /// <param name="team">Shares the work.</param>
    public DecodeWeights(CausalLm model, WorkerTeam team)
    {
        Config = model.Config;
        IsHalf = model.ComputeType == ScalarType.BFloat16;
        _decoder = model.Decoder;
        Blocks = [.. _decoder.Layers.Select((layer, i) => new DecodeBlock(Config, layer, i, IsHalf, team))];
        FinalNorm = RowNorm.Of(_decoder.FinalNorm);
        if (model.Head is { } head)
        {
            Head = PackedMatrix.Of(head, IsHalf, team);
        }
        else
        {
            Head = PackTied(team);
        }
    }

    /// <summary>Reads weights, each layer laid out before the next is read, so that they are never there twice.</summary>
    /// <param name="config">One that <see cref="Knows"/> accepts.</param>
    /// <param name="type">Of the products: float32 or bfloat16.</param>
    /// <param name="source">Gives the weights.</param>
    /// <param name="report">Called when all were asked for; throws where some were not to be had.</param>
    /// <param name="team">Shares the work.</param>
    public DecodeWeights(ModelConfig config, ScalarType type, IParameterSource source, Action report, WorkerTeam team)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var mode = new ComputeMode { Type = type };
        var blocks = new List<DecodeBlock>();
        Config = config;
        IsHalf = type == ScalarType.BFloat16;
        _ownsDecoder = true;
        _decoder = new Decoder(config, mode, source, CPU, (layer, i) =>
        {
            // What was not to be had is empty, and reported in the end.
            if (layer.parameters().All(parameter => parameter.numel() > 0))
            {
                blocks.Add(new DecodeBlock(config, layer, i, IsHalf, team));
            }
        });
        Blocks = [.. blocks];
        try
        {
            using var head = config.TiedEmbeddings ? null : new Projection(mode, source, config.Family.Names.Head, config.TokenWidth, config.VocabularySize, config.HeadBias, storedTransposed: false);
            report();
            _decoder.eval();
            FinalNorm = RowNorm.Of(_decoder.FinalNorm);
            Head = head is null ? PackTied(team) : PackedMatrix.Of(head, IsHalf, team);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ModelConfig Config { get; }

    /// <summary>Weights are bfloat16, else float32.</summary>
    public bool IsHalf { get; }

    public DecodeBlock[] Blocks { get; }

    public RowNorm? FinalNorm { get; }

    public PackedMatrix Head { get; }

    /// <summary>Whether models of such a shape can be decoded so; what cannot, torch's operators do.</summary>
    public static bool Knows(ModelConfig config, Device device) =>
        TileKernels.AreFast
        && NativeKernels.IsAllowed
        && device.type == TorchSharp.DeviceType.CPU
        && config.TokenWidth == config.Width
        && config.RotaryScaling?.Kind is not (RotaryKind.Dynamic or RotaryKind.LongRope);

    /// <summary>Whether the model can be decoded so.</summary>
    public static bool Supports(CausalLm model) =>
        Knows(model.Config, model.Device)
        && !(model.training && (model.Config.EmbeddingDropout > 0 || model.Config.ResidualDropout > 0 || model.Config.AttentionDropout > 0))
        && model.parameters().All(parameter => parameter.dtype == ScalarType.Float32)
        && model.modules().OfType<Projection>().All(projection => projection.Quantization == Quantization.None);

    /// <summary>The angles of layers without a window, and of those with one; null without rotary positions.</summary>
    public (RotaryAngles? Everywhere, RotaryAngles? InWindow) Angles(int positions)
    {
        var everywhere = _decoder.Rotary is { } rotary ? new RotaryAngles(rotary.Frequencies, positions) : null;
        var window = _decoder.LocalRotary is { } local ? new RotaryAngles(local.Frequencies, positions) : null;
        return (everywhere, window ?? everywhere);
    }

    /// <summary>What enters the first layer.</summary>
    /// <param name="ids">M token ids.</param>
    /// <param name="positions">Of the tokens.</param>
    /// <param name="rows">[M, stride], written.</param>
    /// <param name="stride">From row to row.</param>
    public unsafe void Embed(long[] ids, long[] positions, float* rows, nint stride)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var embedded = _decoder.Embed(tensor(ids).unsqueeze(0), tensor(positions).unsqueeze(0), start: 0).to(ScalarType.Float32).contiguous(); // [1, M, D]
        fixed (byte* values = embedded.bytes)
        {
            for (var row = 0; row < ids.Length; row++)
            {
                new ReadOnlySpan<float>((float*)values + ((long)row * Config.Width), Config.Width).CopyTo(new Span<float>(rows + (row * stride), Config.Width));
            }
        }
    }

    public void Dispose()
    {
        foreach (var block in Blocks)
        {
            block.Dispose();
        }

        FinalNorm?.Dispose();
        Head?.Dispose(); // null where reading failed
        if (_ownsDecoder)
        {
            _decoder.Dispose();
        }
    }

    private PackedMatrix PackTied(WorkerTeam team)
    {
        var packed = new PackedMatrix(Config.VocabularySize, Config.Width, IsHalf);
        packed.Take(_decoder.TokenWeight, 0, Config.VocabularySize, static row => row, team);
        return packed;
    }
}
