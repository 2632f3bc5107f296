namespace Alignment.Data.Tokenization.Models;

/// <summary>Finds the tokens that a text begins with, in time that grows with the longest match only.</summary>
internal sealed class TokenTrie
{
    /// <summary>The node that every search starts at.</summary>
    public const int Root = 0;

    /// <summary>No node, no value.</summary>
    public const int None = -1;

    private readonly int[] _first = new int[char.MaxValue + 1];
    private readonly List<char> _letters = [];
    private readonly List<int> _values = [];
    private readonly List<int> _children = [];
    private readonly List<int> _counts = [];

    /// <summary>A trie over tokens that are all different and not empty, each with its value.</summary>
    public TokenTrie(IEnumerable<KeyValuePair<string, int>> tokens)
    {
        var sorted = tokens.ToArray();
        Array.Sort(sorted, (x, y) => string.CompareOrdinal(x.Key, y.Key));
        Array.Fill(_first, None);
        Add('\0');
        var level = new Queue<(int Node, int Start, int End, int Depth)>();
        level.Enqueue((Root, 0, sorted.Length, 0));
        while (level.TryDequeue(out var part))
        {
            var (node, start, end, depth) = part;
            if (start < end && sorted[start].Key.Length == depth)
            {
                _values[node] = sorted[start++].Value;
            }

            _children[node] = _letters.Count;
            while (start < end)
            {
                var letter = sorted[start].Key[depth];
                var next = start;
                while (next < end && sorted[next].Key[depth] == letter)
                {
                    next++;
                }

                var child = Add(letter);
                _counts[node]++;
                if (node == Root)
                {
                    _first[letter] = child;
                }

                level.Enqueue((child, start, next, depth + 1));
                start = next;
            }
        }
    }

    /// <summary>The node after one more character; <see cref="None"/> where no token goes on so.</summary>
    public int Next(int node, char letter)
    {
        if (node == Root)
        {
            return _first[letter];
        }

        var low = _children[node];
        var high = low + _counts[node] - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var found = _letters[middle];
            if (found == letter)
            {
                return middle;
            }

            if (found < letter)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return None;
    }

    /// <summary>The value of the token that ends here; <see cref="None"/> where none does.</summary>
    public int Value(int node) => _values[node];

    /// <summary>The longest token that the text goes on with from a node: its value and how many characters it takes.</summary>
    public (int Value, int Length) Longest(ReadOnlySpan<char> text, int node = Root)
    {
        var best = (Value: None, Length: 0);
        for (var i = 0; i < text.Length; i++)
        {
            node = Next(node, text[i]);
            if (node == None)
            {
                break;
            }

            if (_values[node] != None)
            {
                best = (_values[node], i + 1);
            }
        }

        return best;
    }

    private int Add(char letter)
    {
        _letters.Add(letter);
        _values.Add(None);
        _children.Add(0);
        _counts.Add(0);
        return _letters.Count - 1;
    }
}
