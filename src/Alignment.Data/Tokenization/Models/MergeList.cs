using System.Text.Json;
using Alignment.Data.Tokenization.Files;

namespace Alignment.Data.Tokenization.Models;

/// <summary>Collects the merges of a byte pair encoding in their order and checks that each joins and makes known tokens.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="prefix">How many characters of a right side are the mark of a continued word, which a merged token does not repeat.</param>
internal sealed class MergeList(IReadOnlyDictionary<string, int> vocabulary, int prefix = 0)
{
    private readonly List<BpeMerge> _merges = [];
    private readonly Dictionary<(int, int), int> _places = [];
    private readonly HashSet<int> _replaced = [];

    /// <summary>Of a merge that is there twice the later counts, as in the tokenizers library.</summary>
    public IReadOnlyList<BpeMerge> Merges => _replaced.Count == 0 ? _merges : [.. _merges.Where((_, place) => !_replaced.Contains(place))];

    /// <summary>Adds one of either layout: <c>"left right"</c>, and since 2024 <c>["left", "right"]</c>.</summary>
    public void Add(JsonPart item)
    {
        if (item.Element.ValueKind == JsonValueKind.Array)
        {
            var pair = item.Items().Select(p => p.Text).ToArray();
            if (pair.Length != 2)
            {
                throw item.Error($"has {pair.Length} parts; a merge has two");
            }

            Add(pair[0], pair[1], item.Error);
            return;
        }

        Add(item.Text, item.Error);
    }

    /// <summary>Adds a line <c>left right</c>.</summary>
    public void Add(string line, Func<string, InvalidDataException> error)
    {
        var blank = line.IndexOf(' ');
        if (blank <= 0 || blank == line.Length - 1 || line.IndexOf(' ', blank + 1) >= 0)
        {
            throw error($"'{line}' must be two tokens with one blank between them");
        }

        Add(line[..blank], line[(blank + 1)..], error);
    }

    private void Add(string left, string right, Func<string, InvalidDataException> error)
    {
        foreach (var token in (string[])[left, right])
        {
            if (!vocabulary.ContainsKey(token))
            {
                throw error($"merges '{token}', which is not in the vocabulary");
            }
        }

        if (right.Length <= prefix || !vocabulary.TryGetValue(string.Concat(left, right.AsSpan(prefix)), out var id))
        {
            throw error($"merges '{left}' and '{right}' into a token that is not in the vocabulary");
        }

        var (leftId, rightId) = (vocabulary[left], vocabulary[right]);
        if (_places.TryGetValue((leftId, rightId), out var earlier))
        {
            _replaced.Add(earlier);
        }

        _places[(leftId, rightId)] = _merges.Count;
        _merges.Add(new(leftId, rightId, _merges.Count, id));
    }
}
