using Alignment.Core.Numerics;
using static TorchSharp.torch;

namespace Alignment.Core.Models;

/// <summary>
/// Keys and values of the tokens that were already run, preallocated. Every row has its own length, so sequences of different
/// lengths grow side by side without padding between prompt and response. Only for use without gradients.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly ModelConfig _config;
    private readonly Tensor[] _keys; // per layer [B, K, capacity, hd]
    private readonly Tensor[] _values;
    private readonly Tensor[] _ids; // one, [B, capacity], where a row may have to be run again; else none
    private int[] _lengths;

    // Of the forward pass in progress: how many tokens it adds, where they go when rows differ in length, and the lengths after it.
    private long _time;
    private Tensor? _places;
    private int[] _newLengths = [];

    internal KvCache(ModelConfig config, int rows, int capacity, ScalarType type, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _config = config;
        _lengths = new int[rows];
        Capacity = capacity;

        // Zeros, not empty memory: places that hold no token are masked, but NaN · 0 would still be NaN.
        long[] shape = [rows, config.KeyValueHeads, capacity, config.HeadSize];
        _keys = Allocate();
        _values = Allocate();
        _ids = config.RotaryScaling?.Kind is RotaryKind.Dynamic or RotaryKind.LongRope
            ? [zeros(rows, capacity, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope()]
            : [];

        Tensor[] Allocate() =>
            [.. Enumerable.Range(0, config.Layers).Select(_ => zeros(shape, dtype: type, device: device).DetachFromDisposeScope())];
    }

    /// <summary>B: sequences held.</summary>
    public int Rows => _lengths.Length;

    /// <summary>Most tokens that a row can hold.</summary>
    public int Capacity { get; }

    /// <summary>Tokens held, per row.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>
    /// Keeps the named rows in the given order: finished sequences are left out, a row named several times is copied (several
    /// samples of one prompt).
    /// </summary>
    /// <param name="rows">Indices of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void Select(IReadOnlyList<int> rows)
    {
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows, nameof(rows));
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var index = tensor(rows.Select(row => (long)row).ToArray()).SentTo(_keys[0].device);
        foreach (var held in new[] { _keys, _values, _ids })
        {
            for (var layer = 0; layer < held.Length; layer++)
            {
                var kept = held[layer].index_select(0, index).DetachFromDisposeScope();
                held[layer].Dispose();
                held[layer] = kept;
            }
        }

        _lengths = [.. rows.Select(row => _lengths[row])];
    }

    /// <summary>Forgets every row's tokens from a place on, so that others can follow there.</summary>
    /// <param name="length">Tokens of each row that stay.</param>
    /// <exception cref="ArgumentOutOfRangeException">Below 0, or a row holds fewer.</exception>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _lengths.Min());
        Array.Fill(_lengths, length);
    }

    /// <summary>One cache with the rows of several, in order. The caches given are used up; a single one is handed back as it is.</summary>
    /// <param name="caches">Of one model, with equal capacity.</param>
    /// <exception cref="ArgumentException">None, or of different capacities.</exception>
    public static KvCache Join(IReadOnlyList<KvCache> caches)
    {
        if (caches.Count == 0 || caches.Any(cache => cache.Capacity != caches[0].Capacity))
        {
            throw new ArgumentException($"Expected caches of one capacity, got [{string.Join(", ", caches.Select(cache => cache.Capacity))}].", nameof(caches));
        }

        var joined = caches[0];
        if (caches.Count == 1)
        {
            return joined;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        JoinInto(joined._keys, [.. caches.Select(cache => cache._keys)]);
        JoinInto(joined._values, [.. caches.Select(cache => cache._values)]);
        JoinInto(joined._ids, [.. caches.Select(cache => cache._ids)]);
        joined._lengths = [.. caches.SelectMany(cache => cache._lengths)];
        return joined;

        static void JoinInto(Tensor[] target, Tensor[][] parts)
        {
            for (var layer = 0; layer < target.Length; layer++)
            {
                var joined = cat([.. parts.Select(part => part[layer])], 0).DetachFromDisposeScope(); // [ΣB, K, capacity, hd]
                foreach (var part in parts)
                {
                    part[layer].Dispose();
                }

                target[layer] = joined;
            }
        }
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        foreach (var held in _keys.Concat(_values).Concat(_ids))
        {
            held.Dispose();
        }
    }

    /// <summary>Tokens held per row once the forward pass in progress has ended.</summary>
    internal IReadOnlyList<int> NewLengths => _newLengths;

    /// <summary>Makes ready for T more tokens in each row. The tensors made belong to the caller's scope.</summary>
    /// <param name="ids">[B, T] Int64.</param>
    /// <param name="counts">How many of them count in each row; all T when null.</param>
    /// <exception cref="ArgumentException">The rows differ in number, or a row would not hold them.</exception>
    internal void Begin(Tensor ids, IReadOnlyList<int>? counts)
    {
        var (rows, time) = (ids.size(0), ids.size(1));
        if (rows != Rows)
        {
            throw new ArgumentException($"The cache holds {Rows} sequences, got {rows} rows of ids.", nameof(ids));
        }

        if (counts is not null && (counts.Count != Rows || counts.Any(count => count < 0 || count > time)))
        {
            throw new ArgumentException($"Expected {Rows} counts of 0 to {time} new tokens, got [{string.Join(", ", counts)}].", nameof(counts));
        }

        var longest = _lengths.Max() + time;
        if (longest > Capacity)
        {
            throw new ArgumentException($"The cache holds {Capacity} tokens a sequence; {time} more would make {longest}.", nameof(ids));
        }

        _time = time;
        _places = null;
        _newLengths = [.. _lengths.Select((length, row) => length + (int)(counts?[row] ?? time))];
        if (_lengths.Any(length => length != _lengths[0]))
        {
            var places = new long[Rows * _config.KeyValueHeads * time];
            for (var i = 0L; i < places.Length; i++)
            {
                var head = i / time; // of B·K
                places[i] = (head * Capacity) + _lengths[head / _config.KeyValueHeads] + (i % time);
            }

            _places = tensor(places).SentTo(_keys[0].device);
        }

        foreach (var held in _ids)
        {
            for (var row = 0; row < Rows; row++)
            {
                held.select(0, row).narrow(0, _lengths[row], time).copy_(ids.select(0, row));
            }
        }
    }

    /// <summary>Forgets all keys and values, to run the rows again with the tokens that <see cref="Begin"/> added.</summary>
    /// <returns>[B, S]: the ids of all rows, padded on the right to the longest; <see cref="NewLengths"/> before this call are their lengths.</returns>
    internal Tensor Restart()
    {
        _lengths = new int[Rows];
        return _ids[0].narrow(1, 0, _newLengths.Max()).clone();
    }

    /// <summary>Stores the new tokens of one layer.</summary>
    /// <param name="layer">Of the decoder.</param>
    /// <param name="key">[B, K, T, hd].</param>
    /// <param name="value">[B, K, T, hd].</param>
    /// <returns>All keys and values up to the longest row, [B, K, S, hd] each.</returns>
    internal (Tensor Key, Tensor Value) Extend(int layer, Tensor key, Tensor value) =>
        (Extend(_keys[layer], key), Extend(_values[layer], value));

    /// <summary>Counts the tokens that the forward pass added.</summary>
    internal void End()
    {
        _lengths = _newLengths;
        _places = null;
    }

    private Tensor Extend(Tensor held, Tensor added)
    {
        if (_places is null)
        {
            held.narrow(2, _lengths[0], _time).copy_(added);
        }
        else
        {
            held.view(-1, _config.HeadSize).index_copy_(0, _places, added.reshape(-1, _config.HeadSize).to(held.dtype));
        }

        return held.narrow(2, 0, _lengths.Max() + _time);
    }
}
