using System.Globalization;
using System.Text.Json.Nodes;

namespace Alignment.Data.Conversion;

/// <summary>Gives columns the names that a format looks for: <c>prompt=question</c>, or a value inside of a column: <c>prompt=turns.0</c>.</summary>
public sealed class ColumnMap
{
    private readonly List<(string To, string[] From)> _columns = [];

    /// <summary>Reads maps.</summary>
    /// <param name="maps">Each <c>name=path</c>.</param>
    /// <exception cref="ArgumentException">One of them is not.</exception>
    public ColumnMap(IEnumerable<string> maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        foreach (var map in maps)
        {
            var at = map.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || at == map.Length - 1)
            {
                throw new ArgumentException($"the map '{map}' is not of the form name=column", nameof(maps));
            }

            _columns.Add((map[..at], map[(at + 1)..].Split('.')));
        }
    }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => _columns.Count == 0;

    /// <summary>Renames a row's columns.</summary>
    /// <param name="row">The row, which is changed.</param>
    /// <returns>The row.</returns>
    public JsonObject Apply(JsonObject row)
    {
        ArgumentNullException.ThrowIfNull(row);
        foreach (var (to, from) in _columns)
        {
            if (Find(row, from) is not { } value)
            {
                continue;
            }

            if (from.Length == 1 || row.ContainsKey(string.Join('.', from)))
            {
                row.Remove(string.Join('.', from));
            }
            else
            {
                value = value.DeepClone();
            }

            row[to] = value;
        }

        return row;
    }

    private static JsonNode? Find(JsonObject row, string[] path)
    {
        if (row[string.Join('.', path)] is { } whole)
        {
            return whole;
        }

        JsonNode? node = row;
        foreach (var step in path)
        {
            node = node switch
            {
                JsonObject map => map[step],
                JsonArray list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }
}
