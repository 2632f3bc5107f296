using Alignment.Core.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Core.Generation;

/// <summary>
/// Draws a token for each row of logits by <see cref="TokenSampler"/>'s rules where the logits lie: of a GPU's [B, V] numbers two a row are read. Sums are made in
/// another order, so that a uniform number at the very edge between two tokens may give the other one.
/// </summary>
internal sealed class DeviceSampler(SamplingOptions options)
{
    /// <summary>Whether these options can be met: a repetition penalty asks for the tokens before, which are on the host.</summary>
    public static bool Fits(SamplingOptions options) => options.RepetitionPenalty == 1;

    /// <summary>Draws the tokens.</summary>
    /// <param name="logits">[B, V] float32.</param>
    /// <param name="uniforms">B numbers in [0, 1).</param>
    /// <returns>For each row the token and its log-probability, see <see cref="TokenSampler.Sample"/>.</returns>
    /// <exception cref="InvalidDataException">A row of logits has NaN, or none that is finite.</exception>
    public (int Id, double LogProb)[] Sample(Tensor logits, double[] uniforms)
    {
        using var scope = NewDisposeScope();
        var scaled = logits - logits.max(-1, keepdim: true).values; // [B, V]
        scaled = options.Temperature is 0 or 1 ? scaled : scaled.mul_(1 / options.Temperature);
        var weights = scaled.exp();
        var total = weights.sum([-1], keepdim: true, type: ScalarType.Float64); // [B, 1]
        var ids = options.Temperature == 0 ? logits.argmax(-1, keepdim: true) : Draw(Kept(weights), uniforms); // [B, 1]
        var logProbs = scaled.gather(1, ids).to(ScalarType.Float64) - total.log();
        var drawn = cat([ids.to(ScalarType.Float64), logProbs], 1).cpu().data<double>().ToArray(); // B·2, the one read
        return [.. Enumerable.Range(0, uniforms.Length).Select(row => double.IsNaN(drawn[(2 * row) + 1])
            ? throw new InvalidDataException("a logit is not a number, or no token has a finite one: the model's weights are damaged or training diverged")
            : ((int)drawn[2 * row], drawn[(2 * row) + 1]))];
    }

    /// <summary>The first token at which the sum of weights is above the uniform number's share of all, [B, 1].</summary>
    private static Tensor Draw(Tensor weights, double[] uniforms)
    {
        var sums = weights.cumsum(-1, ScalarType.Float64); // [B, V]
        var last = sums.narrow(-1, sums.size(1) - 1, 1);
        var wanted = tensor(uniforms, [uniforms.Length, 1]).SentTo(weights.device) * last;
        return ((sums <= wanted) & (sums < last)).sum([-1], keepdim: true); // never behind the last token with a weight
    }

    /// <summary>The weights with what the filters drop at 0; the most likely token weighs 1.</summary>
    private Tensor Kept(Tensor weights)
    {
        var byCount = options.TopK > 0 && options.TopK < weights.size(1);
        if (!byCount && options.TopP >= 1)
        {
            return options.MinP > 0 ? Above(full([1, 1], options.MinP, dtype: weights.dtype, device: weights.device)) : weights;
        }

        var sorted = weights.sort(-1, descending: true).Values; // [B, V]
        sorted = byCount ? sorted.narrow(-1, 0, options.TopK) : sorted;
        var place = sorted.size(1) - 1;
        var threshold = sorted.narrow(-1, place, 1); // [B, 1]
        if (options.TopP < 1)
        {
            var sums = sorted.cumsum(-1, ScalarType.Float64);
            var enough = (sums < (sums.narrow(-1, place, 1) * options.TopP)).sum([-1], keepdim: true); // [B, 1]: where the share is reached
            threshold = sorted.gather(1, enough);
        }

        return Above(options.MinP > 0 ? threshold.clamp(min: (Scalar)options.MinP) : threshold);

        Tensor Above(Tensor least) => weights.masked_fill(weights < least, 0);
    }
}
