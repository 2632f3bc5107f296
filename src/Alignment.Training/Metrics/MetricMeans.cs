using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Alignment.Training.Metrics;

/// <summary>
/// Weighted means of what happened since the last log line, and counters over the whole run. Part of a checkpoint, so that a
/// resumed run logs the same numbers; names come out in the order in which they first came in.
/// </summary>
/// <param name="reads">Where numbers of a device wait until they are read, together with what else does; null for a place of its own.</param>
public sealed class MetricMeans(PendingReads? reads = null)
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, (double Sum, double Weight)> _means = [];
    private readonly Dictionary<string, double> _counters = [];

    /// <summary>Where numbers of a device wait: <see cref="Take"/> and <see cref="Save"/> read them, and so should a step at its end.</summary>
    public PendingReads Reads { get; } = reads ?? new();

    /// <summary>Adds to a mean.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="value">A mean over <paramref name="weight"/> things.</param>
    /// <param name="weight">How much it counts: rows, tokens; at least 0.</param>
    public void Add(string name, double value, double weight = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(weight);
        Note(name);
        if (weight == 0)
        {
            return; // nothing was measured; 0 · NaN must not spoil the mean
        }

        var (sum, total) = _means.GetValueOrDefault(name);
        _means[name] = (sum + (value * weight), total + weight);
    }

    /// <summary>Adds to a mean what a device may be computing still; it is not waited for.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="value">A scalar tensor, a mean over <paramref name="weight"/> things; see <see cref="PendingReads.Add(Tensor, Action{double})"/>.</param>
    /// <param name="weight">How much it counts: rows, tokens; at least 0.</param>
    public void Add(string name, Tensor value, double weight = 1)
    {
        Note(name); // its place among the names is that of its coming in
        Reads.Add(value, (Means: this, Name: name, Weight: weight), static (metric, number) => metric.Means.Add(metric.Name, number, metric.Weight));
    }

    /// <summary>Adds to a counter, which log lines show but do not reset (<c>num_tokens</c>).</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="amount">What to add.</param>
    public void Count(string name, double amount)
    {
        Note(name);
        _counters[name] = _counters.GetValueOrDefault(name) + amount;
    }

    /// <summary>Gives the means and counters and starts new means.</summary>
    /// <returns>Names and values; a mean of nothing is left out.</returns>
    public IReadOnlyList<KeyValuePair<string, double>> Take()
    {
        Reads.Read();
        var values = new List<KeyValuePair<string, double>>();
        foreach (var name in _order)
        {
            if (_counters.TryGetValue(name, out var count))
            {
                values.Add(new(name, count));
            }
            else if (_means.TryGetValue(name, out var mean))
            {
                values.Add(new(name, mean.Sum / mean.Weight));
            }
        }

        _means.Clear();
        return values;
    }

    /// <summary>Everything that a resumed run needs, exactly.</summary>
    public State Save()
    {
        Reads.Read();
        return new(
            [.. _order],
            _means.ToDictionary(pair => pair.Key, pair => new Entry(Bits(pair.Value.Sum), Bits(pair.Value.Weight))),
            _counters.ToDictionary(pair => pair.Key, pair => Bits(pair.Value)));
    }

    /// <summary>Takes back what <see cref="Save"/> gave.</summary>
    /// <param name="state">The saved state.</param>
    public void Load(State state)
    {
        Reads.Read(); // it belongs to what is replaced
        _order.Clear();
        _order.AddRange(state.Order);
        _means.Clear();
        foreach (var (name, entry) in state.Means)
        {
            _means[name] = (BitConverter.Int64BitsToDouble(entry.Sum), BitConverter.Int64BitsToDouble(entry.Weight));
        }

        _counters.Clear();
        foreach (var (name, bits) in state.Counters)
        {
            _counters[name] = BitConverter.Int64BitsToDouble(bits);
        }
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    private void Note(string name)
    {
        if (!_order.Contains(name))
        {
            _order.Add(name);
        }
    }

    /// <summary>A mean under way. Doubles travel as their bits, because JSON has no NaN and no infinity.</summary>
    /// <param name="Sum">Bits of Σ value · weight.</param>
    /// <param name="Weight">Bits of Σ weight.</param>
    public sealed record Entry(long Sum, long Weight);

    /// <summary>The saved form.</summary>
    /// <param name="Order">Names in the order in which they first came in.</param>
    /// <param name="Means">Means under way.</param>
    /// <param name="Counters">Bits of the counters.</param>
    public sealed record State(
        [property: JsonPropertyName("order")] IReadOnlyList<string> Order,
        [property: JsonPropertyName("means")] IReadOnlyDictionary<string, Entry> Means,
        [property: JsonPropertyName("counters")] IReadOnlyDictionary<string, long> Counters);
}
