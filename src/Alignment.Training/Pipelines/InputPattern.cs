using System.Text.RegularExpressions;

namespace Alignment.Training.Pipelines;

/// <summary>File patterns of options: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders.</summary>
internal static class InputPattern
{
    /// <summary>The files that match.</summary>
    /// <param name="path">A path or pattern.</param>
    /// <returns>The files in ordinal order; none when it is a plain path or nothing matches.</returns>
    public static IReadOnlyList<string> Expand(string path)
    {
        var parts = path.Replace('\\', '/').Split('/');
        var first = Array.FindIndex(parts, p => p.Contains('*', StringComparison.Ordinal) || p.Contains('?', StringComparison.Ordinal));
        if (first < 0)
        {
            return [];
        }

        var root = string.Join('/', parts[..first]);
        var folder = root.Length > 0 ? root : path.StartsWith('/') ? "/" : ".";
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var match = new Regex("^" + string.Concat(parts[first..].Select((p, i) => Translate(p, isLast: first + i == parts.Length - 1))) + "$", RegexOptions.CultureInvariant);
        var depth = parts[first..].Length == 1 && parts[first] != "**" ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories;
        return [.. Directory.EnumerateFiles(folder, "*", depth)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => match.IsMatch(file))
            .Select(file => root.Length > 0 || path.StartsWith('/') ? $"{root}/{file}" : file)
            .Order(StringComparer.Ordinal)];
    }

    private static string Translate(string part, bool isLast) => part == "**"
        ? isLast ? ".*" : "(?:.*/)?"
        : Regex.Escape(part).Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal) + (isLast ? "" : "/");
}
