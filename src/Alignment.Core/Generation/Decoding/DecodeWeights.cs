using System.Runtime.Intrinsics;
using Alignment.Core.Kernels;
using Alignment.Core.Lora;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Generation.Decoding;

/// <summary>
/// A model's weights as decoding wants them: a copy, in the model's compute type, low-rank updates in the weights. What the model learns
/// afterwards is not in it.
/// </summary>
internal sealed class DecodeWeights : IDisposable
{
    private readonly Decoder _decoder;

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
            Head = new PackedMatrix(Config.VocabularySize, Config.Width, IsHalf);
            Head.Take(model.OutputWeight, 0, Config.VocabularySize, static row => row, team);
        }
    }

    public ModelConfig Config { get; }

    /// <summary>Weights are bfloat16, else float32.</summary>
    public bool IsHalf { get; }

    public DecodeBlock[] Blocks { get; }

    public RowNorm? FinalNorm { get; }

    public PackedMatrix Head { get; }

    /// <summary>Whether the model can be decoded so; what it cannot, torch's operators do.</summary>
    public static bool Supports(CausalLm model) =>
        Vector512.IsHardwareAccelerated
        && NativeKernels.IsAllowed
        && model.Device.type == TorchSharp.DeviceType.CPU
        && model.Config.TokenWidth == model.Config.Width
        && model.Config.RotaryScaling?.Kind is not (RotaryKind.Dynamic or RotaryKind.LongRope)
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
        Head.Dispose();
    }
}
