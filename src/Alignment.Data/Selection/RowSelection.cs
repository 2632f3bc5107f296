using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Data.Audit;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Selection;

/// <summary>Looks at all rows once and says which of them to keep.</summary>
/// <param name="options">What to keep.</param>
public sealed class RowSelection(SelectionOptions options)
{
    /// <summary>Numbers of a vector that stands for a row's words.</summary>
    private const int Dimensions = 64;

    private readonly NearDuplicates _near = new();
    private readonly HashSet<ulong> _seen = [];
    private readonly List<float[]> _vectors = [];
    private readonly List<ulong> _words = [];
    private readonly List<int> _kept = [];
    private readonly Remarks _left = new();
    private int _rows;

    /// <summary>Why rows were left out, with counts.</summary>
    public Remarks Left => _left;

    /// <summary>Rows looked at.</summary>
    public int Rows => _rows;

    /// <summary>Looks at the next row.</summary>
    /// <param name="row">The row.</param>
    public void Add(DataRow row)
    {
        var place = _rows++;
        var texts = RowTexts.Of(row);
        _words.Clear();
        Words.Add(texts.Prompt, _words);
        var before = _words.Count;
        var (least, most) = (int.MaxValue, 0);
        foreach (var response in texts.Responses)
        {
            Words.Add(response, _words);
            (least, most) = (Math.Min(least, _words.Count - before), Math.Max(most, _words.Count - before));
            before = _words.Count;
        }

        if (Problem(row, texts, least, most) is { } problem)
        {
            _left.Add(problem, row.Id);
            return;
        }

        _kept.Add(place);
        if (options.NearDuplicate is not null)
        {
            _near.Add(_words);
        }

        if (options.Diverse is not null)
        {
            _vectors.Add(Vector());
        }
    }

    /// <summary>The places, from 0, of the rows to keep.</summary>
    public IReadOnlySet<int> Finish()
    {
        var kept = Enumerable.Range(0, _kept.Count).ToList();
        if (options.NearDuplicate is { } similarity)
        {
            var found = _near.Find(similarity, (_, _) => true);
            kept = [.. kept.Where(i => !found.ContainsKey(i))];
            for (var i = 0; i < found.Count; i++)
            {
                _left.Add("near duplicate", "");
            }
        }

        if (options.Diverse is { } count && count < kept.Count)
        {
            for (var i = count; i < kept.Count; i++)
            {
                _left.Add("near to a kept row", "");
            }

            kept = [.. KCentre.Take([.. kept.Select(i => _vectors[i])], count).Select(i => kept[i])];
        }

        return kept.Select(i => _kept[i]).ToHashSet();
    }

    private string? Problem(DataRow row, RowTexts texts, int least, int most)
    {
        if (texts.Responses.Count > 0 && (least < options.LeastWords || most > options.MostWords))
        {
            return "too few or too many words";
        }

        foreach (var (column, from, to) in options.Ranges)
        {
            if ((row.Columns[column] ?? RowMeta.Find(row, column)) is not JsonValue value || value.GetValueKind() != JsonValueKind.Number || value.GetValue<double>() < from || value.GetValue<double>() > to)
            {
                return $"'{column}' is not in its range";
            }
        }

        if (options.Usable)
        {
            try
            {
                RowRules.Check(row);
            }
            catch (DataFormatException problem)
            {
                return $"training refuses it: {problem.Reason}";
            }
        }

        return options.Distinct && !_seen.Add(texts.Responses.Aggregate(Words.TextHash(texts.Prompt), (hash, text) => Words.Mix(hash) + Words.TextHash(text))) ? "duplicate" : null;
    }

    /// <summary>Counts of words, each added to or taken from one of the numbers by its hash (feature hashing, Weinberger et al. 2009), of length 1.</summary>
    private float[] Vector()
    {
        var vector = new float[Dimensions];
        foreach (var word in _words.GroupBy(word => word))
        {
            var hash = Words.Mix(word.Key);
            vector[hash % Dimensions] += ((hash >> 32 & 1) == 0 ? 1 : -1) * (float)Math.Log(1 + word.Count());
        }

        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return length == 0 ? vector : [.. vector.Select(x => x / length)];
    }
}
