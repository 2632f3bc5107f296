namespace Alignment.Data.Audit;

/// <summary>What must be known of every row until the end: hashes of its texts and its place. About 60 bytes a row.</summary>
internal sealed class RowIndex
{
    private readonly List<(ulong Row, ulong Prompt, ulong Pair)> _hashes = [];
    private readonly List<string> _places = [];
    private readonly List<byte> _files = [];
    private readonly List<string> _paths = [];

    /// <summary>How many rows.</summary>
    public int Count => _hashes.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="id">Its id, that begins with the file.</param>
    /// <param name="texts">Its texts.</param>
    public (ulong Prompt, ulong Row) Add(string path, string id, RowTexts texts)
    {
        if (_paths.Count == 0 || _paths[^1] != path)
        {
            _paths.Add(path);
        }

        var prompt = Words.TextHash(texts.Prompt);
        var row = prompt;
        foreach (var response in texts.Responses)
        {
            row = Words.Mix(row) + Words.TextHash(response);
        }

        var pair = 0UL;
        if (texts.IsPair)
        {
            var (chosen, rejected) = (Words.TextHash(texts.Responses[0]), Words.TextHash(texts.Responses[1]));
            // The lowest bit tells the direction, the rest is the same both ways round.
            pair = chosen == rejected ? 0 : (Words.Mix(prompt + (chosen ^ rejected)) & ~1UL) | (chosen > rejected ? 1UL : 0);
        }

        _hashes.Add((row, prompt, pair));
        _files.Add((byte)Math.Min(255, _paths.Count - 1));
        _places.Add(_paths.Count <= 255 && id.StartsWith(path, StringComparison.Ordinal) ? id[path.Length..] : id);
        return (prompt, row);
    }

    /// <summary>A row's id.</summary>
    public string Id(int row) => _files[row] == 255 || _places[row].Length == 0 || _places[row][0] != ':' ? _places[row] : _paths[_files[row]] + _places[row];

    /// <summary>Whether two rows have the same prompt.</summary>
    public bool SamePrompt(int a, int b) => _hashes[a].Prompt == _hashes[b].Prompt;

    /// <summary>Rows whose texts an earlier row has, with that row.</summary>
    public IEnumerable<(int Row, int Earlier)> ExactDuplicates() => Repeated(hashes => hashes.Row);

    /// <summary>Rows whose prompt an earlier row has, with that row.</summary>
    public IEnumerable<(int Row, int Earlier)> RepeatedPrompts() => Repeated(hashes => hashes.Prompt);

    /// <summary>Pairs that another row has the other way round, with that row.</summary>
    public IEnumerable<(int Row, int Other)> Contradictions()
    {
        var sorted = Sorted(hashes => hashes.Pair & ~1UL);
        for (var from = 0; from < sorted.Length;)
        {
            var to = from + 1;
            while (to < sorted.Length && Key(sorted[to]) == Key(sorted[from]))
            {
                to++;
            }

            if (Key(sorted[from]) != 0)
            {
                for (var i = from; i < to; i++)
                {
                    var other = Array.FindIndex(sorted, from, to - from, row => _hashes[row].Pair != _hashes[sorted[i]].Pair);
                    if (other >= 0)
                    {
                        yield return (sorted[i], sorted[other]);
                    }
                }
            }

            from = to;
        }

        ulong Key(int row) => _hashes[row].Pair & ~1UL;
    }

    private IEnumerable<(int Row, int Earlier)> Repeated(Func<(ulong Row, ulong Prompt, ulong Pair), ulong> key)
    {
        var sorted = Sorted(key);
        var first = 0;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (key(_hashes[sorted[i]]) == key(_hashes[sorted[first]]))
            {
                yield return (sorted[i], sorted[first]);
            }
            else
            {
                first = i;
            }
        }
    }

    private int[] Sorted(Func<(ulong Row, ulong Prompt, ulong Pair), ulong> key)
    {
        var keys = new ulong[_hashes.Count];
        var rows = new int[_hashes.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            (keys[i], rows[i]) = (key(_hashes[i]), i);
        }

        Array.Sort(keys, rows);
        for (var from = 0; from < rows.Length;)
        {
            var to = from + 1;
            while (to < rows.Length && keys[to] == keys[from])
            {
                to++;
            }

            Array.Sort(rows, from, to - from); // equal ones in the order of the files
            from = to;
        }

        return rows;
    }
}
