using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Serilog;

namespace Alignment.Training.Runs;

/// <summary>
/// What a stage computed part by part, on disk, each part named by the hash of all that it depends on: a stage that was stopped goes on, and one that
/// asks for more computes only what is new. Numbers come back as the very bits that were written.
/// </summary>
/// <param name="folder">Where the parts lie.</param>
/// <param name="log">Told about damaged files.</param>
public sealed class PartStore(string folder, ILogger log)
{
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The part of that key, from its file or computed now.</summary>
    /// <typeparam name="T">Of numbers and lists of them.</typeparam>
    /// <param name="key">Everything that the part depends on.</param>
    /// <param name="compute">Computes it.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public T Get<T>(JsonObject key, Func<T> compute)
        where T : class
    {
        var path = Path.Combine(folder, ContentHash.OfJson(key) + ".json");
        _used.Add(path);
        if (TryRead<T>(path) is { } known)
        {
            return known;
        }

        var value = compute();
        var text = JsonSerializer.Serialize(value);
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(path, $"{ContentHash.OfText(text)}\n{text}");
        return value;
    }

    /// <summary>Removes parts that were not asked for.</summary>
    public void RemoveUnused()
    {
        foreach (var path in Directory.Exists(folder) ? Directory.GetFiles(folder).Where(path => !_used.Contains(path)) : [])
        {
            File.Delete(path);
        }
    }

    private T? TryRead<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var parts = File.ReadAllText(path).Split('\n', 2);
        if (parts.Length == 2 && parts[0] == ContentHash.OfText(parts[1]))
        {
            return JsonSerializer.Deserialize<T>(parts[1]);
        }

        log.Warning("{File} is damaged; computing it again", path);
        return null;
    }
}
