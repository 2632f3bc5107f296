using System.Text.Json;
using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>
/// The weights of a Hugging Face folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> names.
/// Shards are opened with the folder; tensors are read one by one.
/// </summary>
public sealed class SafetensorsFolder : IDisposable
{
    /// <summary>The file of an unsharded folder.</summary>
    public const string SingleFile = "model.safetensors";

    /// <summary>The list of shards.</summary>
    public const string IndexFile = "model.safetensors.index.json";

    private const long MaxIndexBytes = 100_000_000;

    private readonly Dictionary<string, SafetensorsFile> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetensorsFile> _fileOf = new(StringComparer.Ordinal);

    private SafetensorsFolder(string folder)
    {
        Folder = folder;
    }

    /// <summary>The folder's path as it was given.</summary>
    public string Folder { get; }

    /// <summary>Tensors by name, over all shards.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>How many files of weights there are.</summary>
    public int FileCount => _files.Count;

    /// <summary>Opens the single file or every shard.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder has no safetensors weights, or the index names a shard that is missing.</exception>
    /// <exception cref="InvalidDataException">A broken file, or an index that does not fit its shards or points out of the folder.</exception>
    public static SafetensorsFolder Open(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{folder}'.");
        }

        var opened = new SafetensorsFolder(folder);
        try
        {
            if (File.Exists(Path.Combine(folder, SingleFile)))
            {
                opened.Add(SingleFile);
            }
            else if (File.Exists(Path.Combine(folder, IndexFile)))
            {
                opened.AddShards();
            }
            else
            {
                throw Missing(folder);
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>A fresh tensor with the file's type and shape; see <see cref="SafetensorsFile.Load"/>.</summary>
    public Tensor Load(string name) => FileOf(name).Load(name);

    /// <summary>Copies a tensor into an existing one; see <see cref="SafetensorsFile.CopyTo"/>.</summary>
    public void CopyTo(string name, Tensor target) => FileOf(name).CopyTo(name, target);

    /// <summary>Closes every shard.</summary>
    public void Dispose()
    {
        foreach (var file in _files.Values)
        {
            file.Dispose();
        }
    }

    private SafetensorsFile FileOf(string name) => _fileOf.TryGetValue(name, out var file)
        ? file
        : throw new InvalidDataException($"{Folder}: there is no tensor '{name}' in it.");

    private void AddShards()
    {
        var map = ReadIndex(Path.Combine(Folder, IndexFile));
        foreach (var shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Add(shard);
        }

        var wrong = map.Where(pair => !_fileOf.TryGetValue(pair.Key, out var file) || file != _files[pair.Value]).Select(pair => pair.Key)
            .Concat(_entries.Keys.Where(name => !map.ContainsKey(name)))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (wrong.Count > 0)
        {
            var shown = string.Join(", ", wrong.Take(20));
            throw new InvalidDataException($"{Path.Combine(Folder, IndexFile)}: {wrong.Count} tensors are not in the shard that the index names, or not in the index: {shown}{(wrong.Count > 20 ? ", …" : "")}.");
        }
    }

    private void Add(string fileName)
    {
        var file = SafetensorsFile.Open(Path.Combine(Folder, fileName));
        _files.Add(fileName, file);
        foreach (var (name, entry) in file.Entries)
        {
            if (!_entries.TryAdd(name, entry))
            {
                throw new InvalidDataException($"{Folder}: tensor '{name}' is in more than one shard.");
            }

            _fileOf.Add(name, file);
        }
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        if (new FileInfo(path).Length > MaxIndexBytes)
        {
            throw new InvalidDataException($"{path}: larger than {MaxIndexBytes} bytes; that is no index of weights.");
        }

        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var item in json.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                map.Add(item.Name, ShardName(path, item.Value.GetString()));
            }

            return map;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: expected an object with 'weight_map' that gives each tensor's file: {error.Message}", error);
        }
    }

    private static string ShardName(string path, string? name)
    {
        if (string.IsNullOrEmpty(name) || name is "." or ".." || name.AsSpan().ContainsAny("/\\\0:"))
        {
            throw new InvalidDataException($"{path}: the shard '{name}' is not a file name in the same folder.");
        }

        return name;
    }

    private static FileNotFoundException Missing(string folder)
    {
        var pickled = Directory.EnumerateFiles(folder).Select(Path.GetFileName)
            .FirstOrDefault(name => name!.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".pt", StringComparison.Ordinal) || name.EndsWith(".pth", StringComparison.Ordinal));
        return new FileNotFoundException(pickled is null
            ? $"{folder}: neither {SingleFile} nor {IndexFile} is there."
            : $"{folder}: has no {SingleFile}; '{pickled}' is a pickle, which can run code when it is read and is not supported. "
                + "Convert it where Python is trusted: AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder, safe_serialization=True).");
    }
}
