using TorchSharp;

using static TorchSharp.torch;

namespace Alignment.Objectives;

/// <summary>
/// Statistics over the positions that count. A mask is boolean, of the values' shape, true where a position counts; the
/// values outside it are never read, so they may hold anything, infinities included.
/// </summary>
public static class Masked
{
    /// <summary>Σ over the mask.</summary>
    /// <param name="values">Any shape, floating point.</param>
    /// <param name="mask">Same shape, boolean.</param>
    /// <returns>A scalar tensor; 0 where the mask is empty.</returns>
    public static Tensor Sum(Tensor values, Tensor mask)
    {
        TensorGuard.Mask(values, mask);
        using var scope = NewDisposeScope();
        return values.masked_fill(mask.logical_not(), 0).sum().MoveToOuterDisposeScope();
    }

    /// <summary>Σ over the mask, divided by the number of positions that count.</summary>
    /// <param name="values">Any shape, floating point.</param>
    /// <param name="mask">Same shape, boolean.</param>
    /// <returns>A scalar tensor; 0 (not NaN) where the mask is empty.</returns>
    public static Tensor Mean(Tensor values, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var count = mask.sum().clamp(min: (Scalar)1); // not read: a device would have to be waited for
        return (Sum(values, mask) / count).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Unbiased variance over the mask, Σ(x − mean)²/n · n/(n − 1), as in TRL's <c>masked_var</c>: its last factor has single precision, so this one has too.
    /// </summary>
    /// <param name="values">Any shape, floating point.</param>
    /// <param name="mask">Same shape, boolean, with at least two positions that count.</param>
    /// <returns>A scalar tensor.</returns>
    /// <exception cref="ArgumentException">Fewer than two positions count.</exception>
    public static Tensor Variance(Tensor values, Tensor mask)
    {
        var count = Count(mask);
        if (count < 2)
        {
            throw new ArgumentException($"a variance needs at least 2 positions in the mask, got {count}", nameof(mask));
        }

        using var scope = NewDisposeScope();
        var centred = values - Mean(values, mask);
        return (Sum(centred.square(), mask) / count * Bessel(count)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// (x − mean) / √(variance + 1e-8) over the mask; with <paramref name="shiftMean"/> false the mean is added back
    /// (TRL's <c>masked_whiten</c>; Ziegler et al. 2019, arXiv:1909.08593, released code).
    /// </summary>
    /// <param name="values">Any shape, floating point.</param>
    /// <param name="mask">Same shape, boolean, with at least two positions that count.</param>
    /// <param name="shiftMean">Whether the result has mean 0.</param>
    /// <returns>Same shape; 0 outside the mask.</returns>
    public static Tensor Whiten(Tensor values, Tensor mask, bool shiftMean = true)
    {
        using var scope = NewDisposeScope();
        var mean = Mean(values, mask);
        var whitened = (values - mean) * (Variance(values, mask) + 1e-8).rsqrt();
        if (!shiftMean)
        {
            whitened += mean;
        }

        return whitened.masked_fill(mask.logical_not(), 0).MoveToOuterDisposeScope();
    }

    /// <summary>The mask of ragged rows: true at position t of row b where t &lt; lengths[b].</summary>
    /// <param name="lengths">[B], each in 0..<paramref name="width"/>.</param>
    /// <param name="width">T, the number of columns.</param>
    /// <param name="device">Where the mask lives.</param>
    /// <returns>[B, T], boolean.</returns>
    /// <exception cref="ArgumentException">A length lies outside 0..width.</exception>
    public static Tensor FromLengths(IReadOnlyList<int> lengths, int width, Device? device = null)
    {
        var cells = new bool[lengths.Count * width];
        for (var row = 0; row < lengths.Count; row++)
        {
            if (lengths[row] < 0 || lengths[row] > width)
            {
                throw new ArgumentException($"row {row}: length {lengths[row]} is outside 0..{width}", nameof(lengths));
            }

            Array.Fill(cells, true, row * width, lengths[row]);
        }

        return tensor(cells, [lengths.Count, width], device: device); // [B, T]
    }

    /// <summary>n/(n − 1) in single precision: TRL divides whole numbers, which torch does in its default type.</summary>
    /// <param name="count">n ≥ 2.</param>
    internal static double Bessel(long count) => (float)count / (float)(count - 1);

    /// <summary>How many positions of a boolean mask count; waits for the mask's device.</summary>
    /// <param name="mask">Any shape, boolean.</param>
    /// <returns>The number of true entries.</returns>
    public static long Count(Tensor mask)
    {
        using var scope = NewDisposeScope();
        return mask.sum().ToInt64();
    }
}
