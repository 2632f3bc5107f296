namespace Alignment.Data.Collation;

/// <summary>Rows that share a key are of one group, also where other rows lie between them: disjoint sets over hashes of keys.</summary>
internal sealed class PromptGroups
{
    private readonly Dictionary<ulong, int> _nodes = [];
    private readonly List<int> _parents = [];
    private readonly List<ulong> _least = [];
    private readonly List<int> _rows = [];

    /// <summary>Rows in all groups.</summary>
    public long Rows { get; private set; }

    /// <summary>How many groups there are.</summary>
    public int Count { get; private set; }

    /// <summary>Every group: its place, its smallest key and its rows.</summary>
    public IEnumerable<(int Id, ulong Key, int Rows)> All => Enumerable.Range(0, _parents.Count).Where(node => _parents[node] == node).Select(node => (node, _least[node], _rows[node]));

    /// <summary>Adds a row that has all of some keys.</summary>
    /// <param name="keys">At least one.</param>
    /// <returns>A member of the group.</returns>
    public int Add(IReadOnlyList<ulong> keys)
    {
        var root = Root(Node(keys[0]));
        foreach (var key in keys.Skip(1))
        {
            root = Join(root, Root(Node(key)));
        }

        _rows[root]++;
        Rows++;
        return root;
    }

    /// <summary>The group of a key that was added; -1 of another one.</summary>
    public int Of(ulong key) => _nodes.TryGetValue(key, out var node) ? Root(node) : -1;

    /// <summary>The group of a member.</summary>
    public int GroupOf(int member) => Root(member);

    private int Node(ulong key)
    {
        if (!_nodes.TryGetValue(key, out var node))
        {
            node = _parents.Count;
            _nodes[key] = node;
            _parents.Add(node);
            _least.Add(key);
            _rows.Add(0);
            Count++;
        }

        return node;
    }

    private int Root(int node)
    {
        while (_parents[node] != node)
        {
            node = _parents[node] = _parents[_parents[node]];
        }

        return node;
    }

    private int Join(int a, int b)
    {
        if (a == b)
        {
            return a;
        }

        var (root, leaf) = a < b ? (a, b) : (b, a);
        _parents[leaf] = root;
        _rows[root] += _rows[leaf];
        _least[root] = Math.Min(_least[root], _least[leaf]);
        Count--;
        return root;
    }
}
