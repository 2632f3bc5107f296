using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>
/// w ≈ a · level: the nearest of the 16 levels of NF4 (Dettmers et al. 2023, Appendix E) times the largest |w| of its block of 64. The
/// largest values less their mean m are held in 8 bits, blocks of 256 with a float32 scale (double quantisation): a ≈ m + s · q / 127.
/// </summary>
internal sealed class Nf4Weight : QuantizedWeight
{
    private const long Block = 64;
    private const long ScaleBlock = 256;

    /// <summary>Quantiles of a normal distribution, scaled to −1 … 1, with an exact zero.</summary>
    internal static readonly float[] Levels =
    [
        -1.0f, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0.0f,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1.0f,
    ];

    private readonly long[] _shape;
    private readonly Tensor _codes;       // [blocks · 32] uint8, two weights each, the first in the high bits
    private readonly Tensor _scaleCodes;  // [scale blocks, 256] uint8
    private readonly Tensor _scaleScales; // [scale blocks, 1]
    private readonly Tensor _mean;        // []
    private readonly Tensor _pairs;       // [256, 2]: what a byte means

    public Nf4Weight(Tensor matrix)
    {
        _shape = matrix.shape;
        var blocks = Padded(matrix.contiguous().view(-1), Block); // [blocks, 64]
        var largest = blocks.abs().max(1).values;                 // [blocks]

        _mean = Held(largest.mean());
        var offsets = Padded(largest - _mean, ScaleBlock); // [scale blocks, 256]
        _scaleScales = Held(offsets.abs().max(1, keepdim: true).values);
        _scaleCodes = Held(Int8Weight.Codes(offsets, _scaleScales));

        var divisor = largest.masked_fill(largest == 0, 1).unsqueeze(1);
        var middles = tensor([.. Levels.Zip(Levels.Skip(1), (low, high) => (low + high) / 2)]).SentTo(matrix.device);
        var codes = (blocks / divisor).bucketize(middles, outInt32: true).view(-1, 2); // [blocks · 32, 2]
        _codes = Held((codes.select(1, 0) * 16).add_(codes.select(1, 1)).to(ScalarType.Byte));
        float[] pairs = [.. Levels.SelectMany(high => Levels.SelectMany(low => new[] { high, low }))];
        _pairs = Held(tensor(pairs, [256, 2]).SentTo(matrix.device));
    }

    public override Tensor Dequantize()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var blocks = _codes.size(0) * 2 / Block;
        var largest = Int8Weight.Values(_scaleCodes).mul_(_scaleScales / 127).view(-1).narrow(0, 0, blocks) + _mean; // [blocks]
        var values = _pairs.index_select(0, _codes.to(ScalarType.Int32)).view(blocks, Block).mul_(largest.unsqueeze(1));
        return values.view(-1).narrow(0, 0, _shape[0] * _shape[1]).view(_shape).MoveToOuterDisposeScope();
    }

    /// <summary>A vector as rows of a size, the last one filled up with zeros.</summary>
    private static Tensor Padded(Tensor values, long size)
    {
        var missing = (size - (values.size(0) % size)) % size;
        return (missing == 0 ? values : cat([values, zeros([missing], dtype: values.dtype, device: values.device)])).view(-1, size);
    }
}
