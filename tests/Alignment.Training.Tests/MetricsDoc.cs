using System.Text.RegularExpressions;

namespace Alignment.Training.Tests;

/// <summary>The names that docs/metrics.md defines.</summary>
internal static partial class MetricsDoc
{
    /// <summary>The file in the repository that the tests were built from.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "docs", "metrics.md");
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException($"no docs/metrics.md above {AppContext.BaseDirectory}");
    }

    /// <summary>Every name in the first column of its tables.</summary>
    public static HashSet<string> Names(string path) =>
        [.. File.ReadLines(path).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Name().Matches(line.Split('|')[1])).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
