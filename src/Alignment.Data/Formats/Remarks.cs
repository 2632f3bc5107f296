namespace Alignment.Data.Formats;

/// <summary>Counts what a conversion has to say about rows: how often, and where first.</summary>
public sealed class Remarks
{
    private const int MostKinds = 200;
    private readonly Dictionary<string, (long Count, string First)> _found = [];

    /// <summary>Every remark with its count and the first row that it is about, in the order in which they came up.</summary>
    public IEnumerable<(string What, long Count, string First)> All => _found.Select(pair => (pair.Key, pair.Value.Count, pair.Value.First));

    /// <summary>Counts one.</summary>
    /// <param name="what">The remark, the same words for the same thing.</param>
    /// <param name="id">The row.</param>
    public void Add(string what, string id)
    {
        if (_found.TryGetValue(what, out var found))
        {
            _found[what] = (found.Count + 1, found.First);
        }
        else if (_found.Count < MostKinds)
        {
            _found[what] = (1, id);
        }
    }
}
