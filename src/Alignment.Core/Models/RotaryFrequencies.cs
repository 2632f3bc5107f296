namespace Alignment.Core.Models;

/// <summary>The angles per position of rotary pairs, plain or scaled, in float32 throughout: files were trained with these very roundings.</summary>
/// <param name="config">For the sizes.</param>
/// <param name="rotaryBase">Base of the frequencies.</param>
/// <param name="scaling">Null = plain.</param>
internal sealed class RotaryFrequencies(ModelConfig config, double rotaryBase, RotaryScaling? scaling)
{
    private readonly int _size = config.RotarySize;

    /// <summary>A sequence's length decides about its angles.</summary>
    public bool DependOnLength => scaling?.Kind is RotaryKind.Dynamic or RotaryKind.LongRope;

    /// <summary>Multiplies cosines and sines.</summary>
    public double AttentionFactor { get; } = scaling is null ? 1 : Attention(scaling);

    /// <summary>Sequences of one regime have the same angles: a number that <see cref="Of"/> understands.</summary>
    /// <param name="length">Of the sequence, in tokens.</param>
    public long Regime(long length) => scaling?.Kind switch
    {
        RotaryKind.Dynamic => Math.Max(length, config.MaxPositions),
        RotaryKind.LongRope => length > scaling.OriginalPositions ? 1 : 0,
        _ => 0,
    };

    /// <summary>The angle per position of each pair.</summary>
    /// <param name="regime">From <see cref="Regime"/>.</param>
    /// <returns>Rotary size / 2 numbers.</returns>
    public float[] Of(long regime) => scaling?.Kind switch
    {
        null => Plain(rotaryBase),
        RotaryKind.Linear => [.. Plain(rotaryBase).Select(plain => plain / (float)scaling.Factor)],
        RotaryKind.Dynamic => Plain(GrownBase(regime)),
        RotaryKind.Yarn => Yarn(scaling),
        RotaryKind.LongRope => [.. Plain(rotaryBase).Zip(regime == 0 ? scaling.ShortFactors : scaling.LongFactors, (plain, factor) => plain / (float)factor)],
        _ => [.. Plain(rotaryBase).Select(plain => ByWavelength(plain, scaling))],
    };

    private static double Attention(RotaryScaling scaling)
    {
        if (scaling.AttentionFactor is { } given)
        {
            return given;
        }

        return scaling.Kind switch
        {
            RotaryKind.Yarn when scaling is { Mscale: { } one and not 0, MscaleAllDim: { } all and not 0 } => Mscale(one) / Mscale(all),
            RotaryKind.Yarn => Mscale(1),
            RotaryKind.LongRope when scaling.Factor > 1 => Math.Sqrt(1 + (Math.Log(scaling.Factor) / Math.Log(scaling.OriginalPositions))),
            _ => 1,
        };

        double Mscale(double weight) => scaling.Factor <= 1 ? 1 : (0.1 * weight * Math.Log(scaling.Factor)) + 1;
    }

    private float[] Plain(double numberBase)
    {
        var frequencies = new float[_size / 2];
        for (var i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = 1 / MathF.Pow((float)numberBase, 2f * i / _size);
        }

        return frequencies;
    }

    private double GrownBase(long length) =>
        rotaryBase * Math.Pow((scaling!.Factor * length / config.MaxPositions) - (scaling.Factor - 1), _size / (_size - 2.0));

    private float[] Yarn(RotaryScaling yarn)
    {
        var (low, high) = (Math.Max(Place(yarn.BetaFast, Math.Floor), 0), Math.Min(Place(yarn.BetaSlow, Math.Ceiling), _size - 1));
        if (low == high)
        {
            high += 0.001;
        }

        return [.. Plain(rotaryBase).Select((plain, i) =>
        {
            var kept = 1 - Math.Clamp((i - (float)low) / (float)(high - low), 0f, 1f);
            return (plain / (float)yarn.Factor * (1 - kept)) + (plain * kept);
        })];

        // The frequency that turns this often over the original length.
        double Place(double turns, Func<double, double> round)
        {
            var place = _size * Math.Log(yarn.OriginalPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(rotaryBase));
            return yarn.Truncate ? round(place) : place;
        }
    }

    private static float ByWavelength(float plain, RotaryScaling llama)
    {
        var wavelength = (float)(2 * Math.PI) / plain;
        if (wavelength < llama.OriginalPositions / llama.HighFrequencyFactor)
        {
            return plain;
        }

        if (wavelength > llama.OriginalPositions / llama.LowFrequencyFactor)
        {
            return plain / (float)llama.Factor;
        }

        var kept = ((llama.OriginalPositions / wavelength) - (float)llama.LowFrequencyFactor) / (float)(llama.HighFrequencyFactor - llama.LowFrequencyFactor);
        return ((1 - kept) * plain / (float)llama.Factor) + (kept * plain);
    }
}
