using static TorchSharp.torch;

namespace Alignment.Core.Kernels;

/// <summary>
/// Which tokens see which, for tokens that lie one after another: in each group a prefix, then the continuations that share it. A token sees
/// the prefix, up to itself where it is in it, and its own continuation up to itself.
/// </summary>
/// <param name="Encoded">How many groups, then for each its first token, the prefix's tokens, how many continuations, and their tokens.</param>
/// <param name="Cos">[tokens, rotary / 2] float32; null without rotary positions.</param>
/// <param name="Sin">The same.</param>
internal sealed record SequenceGroups(long[] Encoded, Tensor? Cos = null, Tensor? Sin = null)
{
    /// <summary>Rows of one length, each a sequence of its own.</summary>
    public static SequenceGroups OfRows(long rows, long length) =>
        new([rows, .. Enumerable.Range(0, (int)rows).SelectMany(row => new[] { row * length, length, 0 })]);

    /// <summary>The same with angles.</summary>
    public SequenceGroups With(Tensor cos, Tensor sin) => this with { Cos = cos, Sin = sin };
}
