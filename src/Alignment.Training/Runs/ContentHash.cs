using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alignment.Core.Lora;

namespace Alignment.Training.Runs;

/// <summary>SHA-256 of files, folders and JSON, as 64 lower-case hex digits.</summary>
public static class ContentHash
{
    private const long CachedFromBytes = 1 << 20;

    private static readonly ConcurrentDictionary<(string Path, long Length, DateTime Written), string> Known = new();

    /// <summary>The hash of a file's bytes. A large file that did not change is read once per process.</summary>
    /// <param name="path">An existing file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string OfFile(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new FileNotFoundException($"'{path}' does not exist", path);
        }

        return file.Length < CachedFromBytes
            ? ReadFile(file.FullName)
            : Known.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), static key => ReadFile(key.Path));
    }

    /// <summary>
    /// The hash of a folder: of the sorted list of its files' relative paths and hashes. Hidden names (leading dot) do not count. An adapter's folder
    /// counts with the base model that it names.
    /// </summary>
    /// <param name="path">An existing folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static string OfFolder(string path)
    {
        var list = new StringBuilder();
        foreach (var folder in AdapterFolder.Chain(path))
        {
            list.Append(list.Length > 0 ? "\0base\n" : "");
            foreach (var (name, hash) in FilesOf(folder))
            {
                list.Append(name).Append('\0').Append(hash).Append('\n');
            }
        }

        return OfText(list.ToString());
    }

    /// <summary>The hash of a file or of a folder, whichever <paramref name="path"/> is.</summary>
    /// <param name="path">An existing file or folder.</param>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    public static string OfPath(string path) => Directory.Exists(path) ? OfFolder(path) : OfFile(path);

    /// <summary>Each file below a folder with its hash, by relative path ('/' between parts), in ordinal order.</summary>
    /// <param name="path">An existing folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static SortedDictionary<string, string> FilesOf(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"folder '{path}' does not exist");
        }

        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(path, file).Replace('\\', '/');
            if (!name.Split('/').Any(part => part.StartsWith('.')))
            {
                files.Add(name, OfFile(file));
            }
        }

        return files;
    }

    /// <summary>The hash of a text's UTF-8 bytes.</summary>
    /// <param name="text">Any text.</param>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The hash of a JSON value whatever the order of its keys and its white space.</summary>
    /// <param name="node">Any JSON value; null is JSON's null.</param>
    public static string OfJson(JsonNode? node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            using var document = JsonDocument.Parse(node?.ToJsonString() ?? "null");
            WriteCanonical(writer, document.RootElement);
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.ToArray()));
    }

    private static void WriteCanonical(Utf8JsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    WriteCanonical(writer, property.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    WriteCanonical(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private static string ReadFile(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20, FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
