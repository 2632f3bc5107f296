namespace Alignment.Data.Collation;

/// <summary>
/// Which rows of several sources an epoch has. Source i has the share pᵢ = rᵢ^(1/T) / Σ rⱼ^(1/T), where r is its weight, or its rows where none is given; T above 1
/// brings the shares together (Raffel et al. 2020, arXiv:1910.10683, section 3.5.2). Each source is read through pass after pass, each pass in another order, and goes on
/// in an epoch where it stopped in the one before. Everything is a function of the sources, the seed and the epoch.
/// </summary>
public sealed class SourceMix
{
    private readonly int[] _first;
    private readonly int[] _rows;
    private readonly int[] _drawn;

    /// <summary>Finds out how many rows of each source an epoch has.</summary>
    /// <param name="names">Of the sources.</param>
    /// <param name="rows">Rows of each, at least 1; they are numbered one source after another.</param>
    /// <param name="weights">One for each source; null: shares go by rows.</param>
    /// <param name="temperature">T, above 0.</param>
    /// <param name="stop">When an epoch ends.</param>
    /// <exception cref="InvalidDataException">A source would give no row, or an epoch has too many.</exception>
    public SourceMix(IReadOnlyList<string> names, IReadOnlyList<int> rows, IReadOnlyList<double>? weights, double temperature, MixStop stop)
    {
        Names = names;
        _rows = [.. rows];
        _first = new int[rows.Count];
        for (var i = 1; i < _first.Length; i++)
        {
            _first[i] = _first[i - 1] + rows[i - 1];
        }

        var most = rows.Select((count, i) => Math.Log(weights?[i] ?? count) / temperature).ToArray();
        var rates = most.Select(rate => Math.Exp(rate - most.Max())).ToArray();
        Shares = [.. rates.Select(rate => rate / rates.Sum())];
        var ends = Shares.Select((share, i) => rows[i] / share);
        var length = stop == MixStop.FirstExhausted ? Math.Floor(ends.Min() + 1e-6) : Math.Ceiling(ends.Max() - 1e-6);
        if (length > Array.MaxLength)
        {
            throw new InvalidDataException($"mix: an epoch would have {length:0} rows until all sources are exhausted; bring the weights closer together or set stop: first_exhausted");
        }

        _drawn = Apportion(Shares, (int)length);
        if (Array.IndexOf(_drawn, 0) is >= 0 and var none)
        {
            throw new InvalidDataException($"mix: source '{names[none]}' gets none of the {length:0} rows of an epoch (its share is {Shares[none]:0.######}); raise its weight or set stop: all_exhausted");
        }

        RowsPerEpoch = _drawn.Sum();
    }

    /// <summary>Of the sources.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The share of each source.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>Rows of each source in an epoch.</summary>
    public IReadOnlyList<int> Drawn => _drawn;

    /// <summary>Rows of an epoch.</summary>
    public int RowsPerEpoch { get; }

    /// <summary>The source of a row.</summary>
    /// <param name="row">Its number.</param>
    public int SourceOf(int row) => Array.BinarySearch(_first, row) is >= 0 and var found ? found : ~Array.BinarySearch(_first, row) - 1;

    /// <summary>The rows of an epoch, source after source.</summary>
    /// <param name="seed">The run's seed for data order.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    public int[] Draw(long seed, int epoch)
    {
        var drawn = new List<int>(RowsPerEpoch);
        for (var source = 0; source < _rows.Length; source++)
        {
            var (count, from) = (_rows[source], (long)epoch * _drawn[source]);
            int[] order = [];
            for (var (i, pass) = (from, -1); i < from + _drawn[source]; i++)
            {
                if (pass != (int)(i / count))
                {
                    pass = (int)(i / count);
                    order = DataOrder.Permutation(count, unchecked(seed + source), pass);
                }

                drawn.Add(_first[source] + order[i % count]);
            }
        }

        return [.. drawn];
    }

    /// <summary>Whole numbers in the given shares: what is left after rounding down goes to the largest remainders.</summary>
    private static int[] Apportion(IReadOnlyList<double> shares, int total)
    {
        var exact = shares.Select(share => share * total).ToArray();
        var whole = Array.ConvertAll(exact, count => (int)Math.Floor(count + 1e-9));
        foreach (var i in Enumerable.Range(0, exact.Length).OrderByDescending(i => exact[i] - whole[i]).ThenBy(i => i).Take(total - whole.Sum()))
        {
            whole[i]++;
        }

        return whole;
    }
}
