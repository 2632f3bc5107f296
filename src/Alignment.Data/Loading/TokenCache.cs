using System.Security.Cryptography;
using System.Text;
using Alignment.Data.Formats;

namespace Alignment.Data.Loading;

/// <summary>
/// Keeps tokenized data sets in a folder, each under the hash of everything that it depends on: the files, the tokenizer, the
/// template, the options and this library's build. Entries may be deleted at any time.
/// </summary>
/// <param name="folder">Is made when the first set is kept.</param>
/// <param name="leastBytes">Smaller data sets are tokenized faster than looked up.</param>
internal sealed class TokenCache(string folder, long leastBytes = 1 << 20)
{
    private static readonly byte[] Magic = "alignment tokens 1\n"u8.ToArray();

    /// <summary>The set that was kept for the same inputs, else the one that <paramref name="make"/> gives, which is kept.</summary>
    /// <param name="files">The data.</param>
    /// <param name="inputs">All else that the result depends on.</param>
    /// <param name="format">Of the examples.</param>
    /// <param name="make">Tokenizes.</param>
    public LoadedRows<T> Get<T>(IReadOnlyList<string> files, IEnumerable<string> inputs, ExampleFormat<T> format, Func<LoadedRows<T>> make)
    {
        if (files.Sum(f => new FileInfo(f).Length) < leastBytes)
        {
            return make();
        }

        var path = Path.Combine(folder, Key(files, inputs.Append(typeof(T).Name)) + ".tokens");
        if (Read(path, format) is { } kept)
        {
            return kept;
        }

        var made = make();
        Keep(path, made, format);
        return made;
    }

    private static string Key(IReadOnlyList<string> files, IEnumerable<string> inputs)
    {
        var text = new StringBuilder();
        foreach (var input in inputs.Append(typeof(TokenCache).Module.ModuleVersionId.ToString()).Concat(files.SelectMany(f => (string[])[f, DataFiles.Sha256(f)])))
        {
            text.Append(input.Length).Append(':').Append(input);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>A kept set; null where there is none or it is damaged.</summary>
    private static LoadedRows<T>? Read<T>(string path, ExampleFormat<T> format)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var bytes = File.ReadAllBytes(path);
            var start = Magic.Length + SHA256.HashSizeInBytes;
            return bytes.Length > start && bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic)
                && SHA256.HashData(bytes.AsSpan(start)).AsSpan().SequenceEqual(bytes.AsSpan(Magic.Length, SHA256.HashSizeInBytes))
                ? ExampleFormats.Read(new BinaryReader(new MemoryStream(bytes, start, bytes.Length - start)), format)
                : null;
        }
        catch (IOException)
        {
            return null; // Also one that is too long to be read at once.
        }
    }

    /// <summary>Writes a set aside and renames it, so that it is there whole or not at all. One that is too big, or a folder that cannot be written, costs time only.</summary>
    private void Keep<T>(string path, LoadedRows<T> rows, ExampleFormat<T> format)
    {
        var aside = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using var content = new MemoryStream();
            using (var writer = new BinaryWriter(content, Encoding.UTF8, leaveOpen: true))
            {
                ExampleFormats.Write(writer, rows, format);
            }

            var bytes = content.GetBuffer().AsSpan(0, (int)content.Length);
            Directory.CreateDirectory(folder);
            using (var stream = File.Create(aside))
            {
                stream.Write(Magic);
                stream.Write(SHA256.HashData(bytes));
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(aside))
            {
                File.Delete(aside);
            }
        }
    }
}
