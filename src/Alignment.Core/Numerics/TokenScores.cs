using static TorchSharp.torch;

namespace Alignment.Core.Numerics;

/// <summary>Results for N rows, or for a part of them; what is not wanted is null.</summary>
internal sealed record TokenScores(Tensor Normalizer, Tensor LogProb, Tensor? Entropy, Tensor? Correct, Tensor? MeanLogit)
{
    /// <summary>Memory for the results.</summary>
    /// <param name="hidden">[N, D], for number, type and device.</param>
    /// <param name="withStatistics">Whether entropy, hits and means are wanted.</param>
    public static TokenScores For(Tensor hidden, bool withStatistics)
    {
        Tensor Column(ScalarType type) => empty([hidden.size(0)], dtype: type, device: hidden.device);
        return new(
            Column(hidden.dtype), Column(hidden.dtype), withStatistics ? Column(hidden.dtype) : null, withStatistics ? Column(ScalarType.Bool) : null, withStatistics ? Column(hidden.dtype) : null);
    }

    /// <summary>Some rows, over the same memory.</summary>
    public TokenScores Rows(long from, long count) => new(
        Normalizer.narrow(0, from, count), LogProb.narrow(0, from, count), Entropy?.narrow(0, from, count), Correct?.narrow(0, from, count), MeanLogit?.narrow(0, from, count));
}
