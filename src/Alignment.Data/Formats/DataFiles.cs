using System.IO.Enumeration;
using System.Security.Cryptography;

namespace Alignment.Data.Formats;

/// <summary>Finds data files by path or pattern and hashes them.</summary>
public static class DataFiles
{
    /// <summary>The path that means the standard input.</summary>
    public const string StandardInput = "-";

    private static readonly string[] Extensions = [".jsonl", ".json", ".ndjson", ".csv", ".tsv"];

    /// <summary>The files that the patterns name: patterns in the order given, matches of one pattern in ordinal order, each file once.</summary>
    /// <param name="patterns">Paths, or patterns with <c>*</c> and <c>?</c> within a folder or file name and <c>**</c> for any number of folders. A folder means the data files in it and below. <c>-</c> is the standard input.</param>
    /// <exception cref="FileNotFoundException">A pattern matches no file.</exception>
    public static IReadOnlyList<string> Resolve(IEnumerable<string> patterns)
    {
        var files = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var pattern in patterns)
        {
            var matches = Matches(pattern);
            if (matches.Count == 0)
            {
                throw new FileNotFoundException(
                    Directory.Exists(pattern) ? $"The folder '{pattern}' holds no data file ({string.Join(", ", Extensions)}, or .gz of them); name another one, or the file itself." :
                    $"No data file matches '{pattern}' in {Directory.GetCurrentDirectory()}; check the path (relative ones start at the current folder).",
                    pattern);
            }

            files.AddRange(matches.Where(f => seen.Add(Path.GetFullPath(f))));
        }

        if (files.Count == 0)
        {
            throw new FileNotFoundException("No data file was named; give at least one path or pattern.");
        }

        return files;
    }

    /// <summary>SHA-256 of the file's bytes, as lower-case hexadecimal.</summary>
    public static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>A file's extension without <c>.gz</c>, in small letters.</summary>
    internal static string Extension(string path) =>
        Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path).ToLowerInvariant();

    private static bool IsData(string path) => Extensions.Contains(Extension(path)) && !Path.GetFileName(path).EndsWith(".report.json", StringComparison.Ordinal);

    private static List<string> Matches(string pattern)
    {
        if (File.Exists(pattern) || pattern == StandardInput)
        {
            return [pattern];
        }

        if (Directory.Exists(pattern))
        {
            return [.. Directory.EnumerateFiles(pattern, "*", SearchOption.AllDirectories).Where(IsData).Order(StringComparer.Ordinal)];
        }

        if (pattern.AsSpan().IndexOfAny('*', '?') < 0)
        {
            return [];
        }

        var root = Path.GetPathRoot(pattern) ?? "";
        var parts = pattern[root.Length..].Split(['/', Path.DirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        var found = new HashSet<string>(StringComparer.Ordinal);
        Expand(root, parts, found);
        return [.. found.Order(StringComparer.Ordinal)];
    }

    private static void Expand(string folder, ReadOnlySpan<string> parts, HashSet<string> found)
    {
        var where = folder.Length == 0 ? "." : folder;
        var part = parts[0];
        if (!Directory.Exists(where))
        {
            return;
        }

        if (parts.Length == 1 && part != "**")
        {
            found.UnionWith(Directory.EnumerateFiles(where).Select(f => Path.GetFileName(f)!)
                .Where(name => FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
                .Select(name => Path.Combine(folder, name)));
            return;
        }

        if (part == "**")
        {
            Expand(folder, parts.Length == 1 ? ["*"] : parts[1..], found);
        }
        else if (part is "." or "..")
        {
            Expand(Path.Combine(folder, part), parts[1..], found);
            return;
        }

        foreach (var name in Directory.EnumerateDirectories(where).Select(d => Path.GetFileName(d)!))
        {
            if (part == "**" || FileSystemName.MatchesSimpleExpression(part, name, ignoreCase: false))
            {
                Expand(Path.Combine(folder, name), part == "**" ? parts : parts[1..], found);
            }
        }
    }
}
