namespace Alignment.Core.Generation;

/// <summary>Draws one token from one row of logits: penalty, temperature, filters, then the inverse of the distribution function at a given uniform number.</summary>
/// <param name="options">Checked by the caller.</param>
public sealed class TokenSampler(SamplingOptions options)
{
    private double[] _weights = [];
    private double[] _sorted = [];

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
            _weights = new double[logits.Length];
            _sorted = new double[logits.Length];
        }

        var inverse = options.Temperature == 0 ? 1 : 1 / options.Temperature;
        var best = ArgMax(logits);
        var normaliser = 0.0; // Σ exp((logit − max)/T) over the whole vocabulary
        for (var i = 0; i < logits.Length; i++)
        {
            _weights[i] = Math.Exp((logits[i] - logits[best]) * inverse);
            normaliser += _weights[i];
        }

        int id;
        if (options.Temperature == 0 && options.RepetitionPenalty == 1)
        {
            id = best;
        }
        else
        {
            id = Draw(logits, present, inverse, uniform, normaliser);
        }

        return (id, (logits[id] - logits[best]) * inverse - Math.Log(normaliser));
    }

    private int Draw(ReadOnlySpan<float> logits, ReadOnlySpan<int> present, double inverse, double uniform, double total)
    {
        var weights = _weights.AsSpan(0, logits.Length);
        if (options.RepetitionPenalty != 1)
        {
            total = Penalise(weights, logits, present, inverse);
        }

        if (options.Temperature == 0)
        {
            return ArgMax(weights);
        }

        if (options.TopK > 0 || options.TopP < 1 || options.MinP > 0)
        {
            total = Filter(weights, total);
        }

        // Inverse of the distribution function; the last kept token catches the rounding of the sum.
        var left = uniform * total;
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
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

    private double Penalise(Span<double> weights, ReadOnlySpan<float> logits, ReadOnlySpan<int> present, double inverse)
    {
        var seen = new HashSet<int>(present.Length);
        var max = double.NegativeInfinity;
        foreach (var id in present)
        {
            seen.Add(id);
        }

        for (var i = 0; i < weights.Length; i++)
        {
            double logit = logits[i];
            if (seen.Contains(i))
            {
                logit = logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty;
            }

            weights[i] = logit * inverse;
            max = Math.Max(max, weights[i]);
        }

        var total = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Math.Exp(weights[i] - max);
            total += weights[i];
        }

        return total;
    }

    // Zeroes what the filters drop and returns the weight that is left. Ties at a threshold are kept.
    private double Filter(Span<double> weights, double total)
    {
        var threshold = 0.0;
        if (options.TopK > 0 && options.TopK < weights.Length || options.TopP < 1)
        {
            var sorted = _sorted.AsSpan(0, weights.Length);
            weights.CopyTo(sorted);
            sorted.Sort(static (a, b) => b.CompareTo(a));
            var kept = options.TopK > 0 ? Math.Min(options.TopK, sorted.Length) : sorted.Length;
            threshold = sorted[kept - 1];
            if (options.TopP < 1)
            {
                // The share is of what top-k left, as in the reference implementations.
                var keptTotal = 0.0;
                for (var i = 0; i < kept; i++)
                {
                    keptTotal += sorted[i];
                }

                var sum = 0.0;
                for (var i = 0; i < kept; i++)
                {
                    sum += sorted[i];
                    if (sum >= options.TopP * keptTotal)
                    {
                        threshold = sorted[i];
                        break;
                    }
                }
            }
        }

        if (options.MinP > 0)
        {
            threshold = Math.Max(threshold, options.MinP * weights[ArgMax(weights)]);
        }

        total = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] < threshold)
            {
                weights[i] = 0;
            }

            total += weights[i];
        }

        return total;
    }

    private static int ArgMax<T>(ReadOnlySpan<T> values)
        where T : struct, System.Numerics.IFloatingPointIeee754<T>
    {
        var best = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (T.IsNaN(values[i]))
            {
                throw new InvalidDataException($"the logit of token {i} is not a number: the model's weights are damaged or training diverged");
            }

            if (values[i] > values[best])
            {
                best = i;
            }
        }

        if (!T.IsFinite(values[best]))
        {
            throw new InvalidDataException("no token has a finite logit: the model's weights are damaged or training diverged");
        }

        return best;
    }

    private static int ArgMax<T>(Span<T> values)
        where T : struct, System.Numerics.IFloatingPointIeee754<T> => ArgMax((ReadOnlySpan<T>)values);
}
