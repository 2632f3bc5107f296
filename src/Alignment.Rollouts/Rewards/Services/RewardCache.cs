using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Alignment.Rollouts.Rewards.Services;

/// <summary>
/// Scores by the content of what was scored, in a file that only grows: a line <c>sha256 score</c> for each. A line that was cut by a crash is read over. Several runs may write at once.
/// </summary>
public sealed class RewardCache : IDisposable
{
    private readonly Dictionary<string, double> _scores = new(StringComparer.Ordinal);
    private readonly string _identity;
    private readonly FileStream? _file;

    /// <summary>Opens the file of a service.</summary>
    /// <param name="folder">Is made; empty keeps scores in memory only.</param>
    /// <param name="identity">The service's.</param>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public RewardCache(string folder, string identity)
    {
        _identity = identity;
        if (folder.Length == 0)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Hash(identity)[..16] + ".scores");
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            // A cut number would be another number: the point at the end says that the line is whole.
            if (line.Split(' ') is [{ Length: 64 } key, var text, "."] && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && double.IsFinite(score))
            {
                _scores.TryAdd(key, score);
            }
        }
    }

    /// <summary>What a response's score is kept under.</summary>
    /// <param name="item">The response.</param>
    public string Key(RewardItem item)
    {
        var text = new StringBuilder();
        foreach (var part in (string[])[_identity, item.Prompt, item.Response, item.Columns.ToJsonString()])
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        return Hash(text.ToString());
    }

    /// <summary>The score under a key; null where there is none.</summary>
    public double? Find(string key)
    {
        lock (_scores)
        {
            return _scores.TryGetValue(key, out var score) ? score : null;
        }
    }

    /// <summary>Keeps scores, on the disk before it returns.</summary>
    /// <param name="scores">Keys and finite scores.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Keep(IEnumerable<(string Key, double Score)> scores)
    {
        lock (_scores)
        {
            var lines = new StringBuilder("\n"); // ends a line that a crash has cut
            foreach (var (key, score) in scores)
            {
                if (_scores.TryAdd(key, score))
                {
                    lines.Append(CultureInfo.InvariantCulture, $"{key} {score:R} .\n");
                }
            }

            _file?.Write(Encoding.ASCII.GetBytes(lines.ToString()));
            _file?.Flush(flushToDisk: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
