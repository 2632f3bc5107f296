namespace Alignment.Training.Options;

/// <summary>Finds what the user probably meant.</summary>
public static class OptionNames
{
    /// <summary>The known name nearest to a mistyped one by edits of single letters.</summary>
    /// <param name="given">The name as typed.</param>
    /// <param name="known">The names that exist.</param>
    /// <returns>The nearest name; null when none is near (more than a third of the letters, and more than two, differ).</returns>
    public static string? Nearest(string given, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(known);
        return known
            .Select(name => (Name: name, Distance: Distance(given, name)))
            .Where(c => c.Distance <= Math.Max(2, Math.Max(given.Length, c.Name.Length) / 3) && c.Distance < Math.Max(given.Length, c.Name.Length))
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => c.Name).FirstOrDefault();
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
