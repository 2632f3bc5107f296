using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Alignment.Core.Generation.Decoding;

namespace Alignment.Core.Generation;

/// <summary>Draws one token from one row of logits: penalty, temperature, filters, then the inverse of the distribution function at a given uniform number.</summary>
/// <remarks>Not for several threads. The same logits give the same token on every processor.</remarks>
/// <param name="options">Checked by the caller.</param>
public sealed class TokenSampler(SamplingOptions options)
{
    private const int BlockSize = 256; // weights that are summed before one of them is looked for

    private readonly WeightThreshold _threshold = new();
    private float[] _weights = [];
    private float[] _penalised = [];
    private double[] _blocks = [];

    /// <summary>Draws a token.</summary>
    /// <param name="logits">[V], of the next token; not changed.</param>
    /// <param name="present">The tokens before it, for the repetition penalty.</param>
    /// <param name="uniform">In [0, 1).</param>
    /// <returns>
    /// The token and its log-probability in nats under the model at this temperature, before penalty and filters (at temperature 0:
    /// at temperature 1), which is what a policy-gradient method needs.
    /// </returns>
    /// <exception cref="InvalidDataException">A logit is NaN, or none is finite.</exception>
    public (int Id, double LogProb) Sample(ReadOnlySpan<float> logits, ReadOnlySpan<int> present, double uniform)
    {
        if (_weights.Length < logits.Length)
        {
            _weights = new float[logits.Length + VectorMath.Lanes];
            _blocks = new double[(logits.Length / BlockSize) + 1];
        }

        var inverse = options.Temperature == 0 ? 1 : 1 / options.Temperature;
        var best = ArgMax(logits);
        var normaliser = Weigh(logits, logits[best], inverse); // Σ exp((logit − max)/T) over the whole vocabulary
        var id = options.Temperature == 0 && options.RepetitionPenalty == 1 ? best : Draw(logits, present, inverse, uniform, normaliser);
        return (id, ((double)logits[id] - logits[best]) * inverse - Math.Log(normaliser));
    }

    private int Draw(ReadOnlySpan<float> logits, ReadOnlySpan<int> present, double inverse, double uniform, double total)
    {
        if (options.RepetitionPenalty != 1)
        {
            var penalised = Penalise(logits, present);
            var best = ArgMax(penalised);
            if (options.Temperature == 0)
            {
                return best;
            }

            total = Weigh(penalised, penalised[best], inverse);
        }

        var weights = _weights.AsSpan(0, logits.Length);
        if (options.TopK > 0 || options.TopP < 1 || options.MinP > 0)
        {
            total = Filter(weights, total);
        }

        return Find(weights, uniform * total);
    }

    /// <summary>weight = exp((logit − max) / T); returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Weigh(ReadOnlySpan<float> logits, float max, double inverse)
    {
        var (top, factor) = (Vector512.Create(max), Vector512.Create((float)inverse));
        var total = 0.0;
        for (var block = 0; block * BlockSize < logits.Length; block++)
        {
            var (low, high) = (Vector512<double>.Zero, Vector512<double>.Zero);
            var end = Math.Min((block + 1) * BlockSize, logits.Length);
            for (var i = block * BlockSize; i < end; i += VectorMath.Lanes)
            {
                var values = i + VectorMath.Lanes <= end ? Vector512.LoadUnsafe(in logits[i]) : Last(logits);
                var weights = VectorMath.Exp((values - top) * factor);
                weights.StoreUnsafe(ref _weights[i]);
                var (left, right) = Vector512.Widen(weights);
                low += left;
                high += right;
            }

            _blocks[block] = Vector512.Sum(low + high);
            total += _blocks[block];
        }

        return total;
    }

    // Inverse of the distribution function; the last token with a weight catches the rounding of the sum.
    private int Find(ReadOnlySpan<float> weights, double left)
    {
        var block = 0;
        var lastBlock = _blocks.AsSpan(0, (weights.Length + BlockSize - 1) / BlockSize).LastIndexOfAnyExcept(0.0);
        for (; block < lastBlock && left >= _blocks[block]; block++)
        {
            left -= _blocks[block];
        }

        var last = 0;
        for (var i = block * BlockSize; i < Math.Min((block + 1) * BlockSize, weights.Length); i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                left -= weights[i];
                if (left < 0)
                {
                    return i;
                }
            }
        }

        return last;
    }

    private ReadOnlySpan<float> Penalise(ReadOnlySpan<float> logits, ReadOnlySpan<int> present)
    {
        if (_penalised.Length < logits.Length)
        {
            _penalised = new float[logits.Length];
        }

        logits.CopyTo(_penalised);
        foreach (var id in present)
        {
            var logit = (double)logits[id];
            _penalised[id] = (float)(logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty);
        }

        return _penalised.AsSpan(0, logits.Length);
    }

    // Zeroes what the filters drop and returns the weight that is left. Ties at a threshold are kept.
    private double Filter(Span<float> weights, double total)
    {
        var threshold = options.MinP > 0 ? (float)options.MinP : 0; // the most likely token weighs 1
        if ((options.TopK > 0 && options.TopK < weights.Length) || options.TopP < 1)
        {
            threshold = Math.Max(threshold, _threshold.Of(weights, total, options.TopK, options.TopP));
        }

        total = 0;
        for (var block = 0; block * BlockSize < weights.Length; block++)
        {
            var part = weights[(block * BlockSize)..Math.Min((block + 1) * BlockSize, weights.Length)];
            var sum = 0.0;
            for (var i = 0; i < part.Length; i++)
            {
                if (part[i] < threshold)
                {
                    part[i] = 0;
                }
                else
                {
                    sum += part[i];
                }
            }

            _blocks[block] = sum;
            total += sum;
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int ArgMax(ReadOnlySpan<float> values)
    {
        var largest = Last(values);
        for (var i = 0; i + VectorMath.Lanes <= values.Length; i += VectorMath.Lanes)
        {
            largest = Vector512.Max(largest, Vector512.LoadUnsafe(in values[i])); // NaN where one is
        }

        var max = float.NegativeInfinity;
        for (var lane = 0; lane < VectorMath.Lanes; lane++)
        {
            max = MathF.Max(max, largest[lane]);
        }

        if (float.IsNaN(max))
        {
            throw new InvalidDataException($"the logit of token {values.IndexOf(float.NaN)} is not a number: the model's weights are damaged or training diverged");
        }

        return float.IsFinite(max) ? Find(values, max) : throw new InvalidDataException("no token has a finite logit: the model's weights are damaged or training diverged");
    }

    private static int Find(ReadOnlySpan<float> values, float value)
    {
        var i = 0;
        while (i + VectorMath.Lanes <= values.Length && !Vector512.EqualsAny(Vector512.LoadUnsafe(in values[i]), Vector512.Create(value)))
        {
            i += VectorMath.Lanes;
        }

        return i + values[i..].IndexOf(value);
    }

    // What is left behind the last whole vector; beyond the end −∞.
    private static Vector512<float> Last(ReadOnlySpan<float> values)
    {
        Span<float> rest = stackalloc float[VectorMath.Lanes];
        rest.Fill(float.NegativeInfinity);
        values[(values.Length / VectorMath.Lanes * VectorMath.Lanes)..].CopyTo(rest);
        return Vector512.Create(rest);
    }
}
