using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Alignment.Core.Generation.Decoding;

/// <summary>Attention of one query over the keys and values of its slot. Not for several threads.</summary>
internal sealed unsafe class QueryAttention : IDisposable
{
    private readonly KeyValueSlots _held;
    private readonly int _headSize;
    private readonly NativeBuffer<float> _query;
    private readonly NativeBuffer<float> _scores;
    private readonly NativeBuffer<float> _mixed;

    /// <param name="held">Keys and values.</param>
    /// <param name="headSize">Elements of a head.</param>
    /// <param name="capacity">Most keys.</param>
    public QueryAttention(KeyValueSlots held, int headSize, int capacity)
    {
        _held = held;
        _headSize = headSize;
        _query = new NativeBuffer<float>(2 * held.KeyPairs, clear: true);
        _scores = new NativeBuffer<float>(capacity + VectorMath.Lanes);
        _mixed = new NativeBuffer<float>(held.ValuePairs * PackedMatrix.PanelWidth);
    }

    /// <summary>softmax(cap(scale · q·kᵀ)) · v over keys <paramref name="first"/> to <paramref name="last"/>.</summary>
    /// <param name="keys">Of the head, from <see cref="KeyValueSlots.Keys"/>.</param>
    /// <param name="values">Of the head.</param>
    /// <param name="query">Head size floats.</param>
    /// <param name="scale">Of the scores.</param>
    /// <param name="softCap">c of c · tanh(score / c); null = none.</param>
    /// <param name="first">The first key that is seen.</param>
    /// <param name="last">The last one.</param>
    /// <param name="nextKeys">What the next call will read, brought near meanwhile.</param>
    /// <param name="nextValues">The same of its values.</param>
    /// <returns>Head size floats, good until the next call.</returns>
    public ReadOnlySpan<float> Attend(byte* keys, byte* values, float* query, float scale, float? softCap, int first, int last, byte* nextKeys, byte* nextValues)
    {
        for (var i = 0; i < _headSize; i++)
        {
            _query.Pointer[i] = query[i] * scale;
        }

        if (_held.IsHalf)
        {
            Run<HalfPair>(keys, values, softCap, first, last, nextKeys - keys, nextValues - values);
        }
        else
        {
            Run<FloatPair>(keys, values, softCap, first, last, nextKeys - keys, nextValues - values);
        }

        return new ReadOnlySpan<float>(_mixed.Pointer, _headSize);
    }

    public void Dispose()
    {
        _query.Dispose();
        _scores.Dispose();
        _mixed.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Run<TPair>(byte* keys, byte* values, float? softCap, int first, int last, long toNextKeys, long toNextValues)
        where TPair : struct, IVectorPair
    {
        var scores = _scores.Pointer;
        var blockBytes = (long)_held.KeyPairs * TPair.Bytes;
        var from = first / VectorMath.Lanes * VectorMath.Lanes;
        var largest = Vector512.Create(float.NegativeInfinity);
        for (var at = from; at <= last; at += VectorMath.Lanes)
        {
            var score = Scores<TPair>(keys + (at / VectorMath.Lanes * blockBytes), toNextKeys);
            if (softCap is { } cap)
            {
                score = VectorMath.Tanh(score / cap) * cap;
            }

            if (at < first || at + VectorMath.Lanes > last + 1)
            {
                var places = VectorMath.LaneNumbers + Vector512.Create(at);
                var seen = Vector512.GreaterThanOrEqual(places, Vector512.Create(first)) & Vector512.LessThanOrEqual(places, Vector512.Create(last));
                score = Vector512.ConditionalSelect(seen.AsSingle(), score, Vector512.Create(float.NegativeInfinity));
            }

            largest = Vector512.Max(largest, score);
            score.Store(scores + at);
        }

        var top = Vector512.Create(Largest(largest));
        var total = Vector512<float>.Zero;
        for (var at = from; at <= last; at += VectorMath.Lanes)
        {
            var weight = VectorMath.Exp(Vector512.Load(scores + at) - top);
            total += weight;
            weight.Store(scores + at);
        }

        Mix<TPair>(values, first, last, 1 / Vector512.Sum(total), toNextValues);
    }

    // Of sixteen keys, in four chains of sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Scores<TPair>(byte* block, long toNext)
        where TPair : struct, IVectorPair
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        var query = _query.Pointer;
        var p = 0;
        for (; p + 2 <= _held.KeyPairs; p += 2, block += 2 * TPair.Bytes, query += 4)
        {
            Fetch<TPair>(block + toNext, 2);
            a = Vector512.FusedMultiplyAdd(Vector512.Create(query[0]), TPair.First(block), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Create(query[1]), TPair.Second(block), b);
            c = Vector512.FusedMultiplyAdd(Vector512.Create(query[2]), TPair.First(block + TPair.Bytes), c);
            d = Vector512.FusedMultiplyAdd(Vector512.Create(query[3]), TPair.Second(block + TPair.Bytes), d);
        }

        if (p < _held.KeyPairs)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.Create(query[0]), TPair.First(block), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Create(query[1]), TPair.Second(block), b);
        }

        return a + b + (c + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix<TPair>(byte* values, int first, int last, float inverse, long toNext)
        where TPair : struct, IVectorPair
    {
        var stride = (long)_held.ValuePairs * TPair.Bytes;
        var mixed = _mixed.Pointer;
        var weights = _scores.Pointer;
        var p = 0;
        for (; p + 2 <= _held.ValuePairs; p += 2, mixed += 2 * PackedMatrix.PanelWidth)
        {
            Vector512<float> a = default, b = default, c = default, d = default;
            var value = values + (first * stride) + (p * TPair.Bytes);
            for (var t = first; t <= last; t++, value += stride)
            {
                Fetch<TPair>(value + toNext, 2);
                var weight = Vector512.Create(weights[t]);
                a = Vector512.FusedMultiplyAdd(weight, TPair.First(value), a);
                b = Vector512.FusedMultiplyAdd(weight, TPair.Second(value), b);
                c = Vector512.FusedMultiplyAdd(weight, TPair.First(value + TPair.Bytes), c);
                d = Vector512.FusedMultiplyAdd(weight, TPair.Second(value + TPair.Bytes), d);
            }

            (a * inverse).Store(mixed);
            (b * inverse).Store(mixed + 16);
            (c * inverse).Store(mixed + 32);
            (d * inverse).Store(mixed + 48);
        }

        if (p < _held.ValuePairs)
        {
            Vector512<float> a = default, b = default;
            var value = values + (first * stride) + (p * TPair.Bytes);
            for (var t = first; t <= last; t++, value += stride)
            {
                var weight = Vector512.Create(weights[t]);
                a = Vector512.FusedMultiplyAdd(weight, TPair.First(value), a);
                b = Vector512.FusedMultiplyAdd(weight, TPair.Second(value), b);
            }

            (a * inverse).Store(mixed);
            (b * inverse).Store(mixed + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch<TPair>(byte* from, int pairs)
        where TPair : struct, IVectorPair
    {
        if (Sse.IsSupported)
        {
            for (var at = 0; at < pairs * TPair.Bytes; at += PanelAhead.LineBytes)
            {
                Sse.Prefetch1(from + at);
            }
        }
    }

    private static float Largest(Vector512<float> values)
    {
        var four = Vector256.Max(values.GetLower(), values.GetUpper());
        var two = Vector128.Max(four.GetLower(), four.GetUpper());
        return MathF.Max(MathF.Max(two[0], two[1]), MathF.Max(two[2], two[3]));
    }

    /// <summary>Two vectors of sixteen numbers side by side.</summary>
    private interface IVectorPair
    {
        static abstract int Bytes { get; }

        static abstract Vector512<float> First(byte* pair);

        static abstract Vector512<float> Second(byte* pair);
    }

    private readonly struct FloatPair : IVectorPair
    {
        public static int Bytes => 2 * VectorMath.Lanes * sizeof(float);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> First(byte* pair) => Vector512.Load((float*)pair);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Second(byte* pair) => Vector512.Load((float*)pair + VectorMath.Lanes);
    }

    private readonly struct HalfPair : IVectorPair
    {
        public static int Bytes => VectorMath.Lanes * sizeof(uint);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> First(byte* pair) => (Vector512.Load((uint*)pair) << 16).AsSingle();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<float> Second(byte* pair) => (Vector512.Load((uint*)pair) & Vector512.Create(0xFFFF0000u)).AsSingle();
    }
}
