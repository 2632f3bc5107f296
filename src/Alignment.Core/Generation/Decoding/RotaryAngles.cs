using System.Runtime.Intrinsics;
using Alignment.Core.Models;

namespace Alignment.Core.Generation.Decoding;

/// <summary>Turns queries and keys by their positions; cosines and sines of all positions are made once.</summary>
internal sealed unsafe class RotaryAngles : IDisposable
{
    private readonly int _half;
    private readonly NativeBuffer<float> _factors; // per position the cosines, then the sines

    /// <param name="frequencies">Do not depend on the sequence's length.</param>
    /// <param name="positions">How many.</param>
    public RotaryAngles(RotaryFrequencies frequencies, int positions)
    {
        var steps = frequencies.Of(regime: 0);
        _half = steps.Length;
        _factors = new NativeBuffer<float>(Math.Max(1L, 2L * _half * positions));
        for (var position = 0; position < positions; position++)
        {
            var cosines = _factors.Pointer + (2L * _half * position);
            for (var i = 0; i < _half; i++)
            {
                var angle = position * steps[i];
                cosines[i] = (float)(MathF.Cos(angle) * frequencies.AttentionFactor);
                cosines[_half + i] = (float)(MathF.Sin(angle) * frequencies.AttentionFactor);
            }
        }
    }

    /// <summary>Turns the pairs (x[i], x[i + r/2]) of the first r numbers of a head.</summary>
    public void Turn(float* head, int position)
    {
        var cosines = _factors.Pointer + (2L * _half * position);
        var sines = cosines + _half;
        var i = 0;
        for (; i + VectorMath.Lanes <= _half; i += VectorMath.Lanes)
        {
            var (x, y) = (Vector512.Load(head + i), Vector512.Load(head + _half + i));
            var (cos, sin) = (Vector512.Load(cosines + i), Vector512.Load(sines + i));
            ((x * cos) - (y * sin)).Store(head + i);
            ((y * cos) + (x * sin)).Store(head + _half + i);
        }

        for (; i < _half; i++)
        {
            var (x, y) = (head[i], head[_half + i]);
            head[i] = (x * cosines[i]) - (y * sines[i]);
            head[_half + i] = (y * cosines[i]) + (x * sines[i]);
        }
    }

    public void Dispose() => _factors.Dispose();
}
