using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Alignment.Core.Checkpoints;

namespace Alignment.Training.Runs;

/// <summary>What a stage ran on and what came out: <c>manifest.json</c> in its output folder.</summary>
public sealed record StageManifest
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        RespectNullableAnnotations = true,
    };

    /// <summary>The kind of stage: <c>sft</c>, <c>reward</c>, <c>dpo</c>, ...</summary>
    public required string Kind { get; init; }

    /// <summary>The stage's name in its pipeline.</summary>
    public required string Name { get; init; }

    /// <summary>Running or done.</summary>
    public required StageStatus Status { get; init; }

    /// <summary>Every option, defaults filled in.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>Hash of <see cref="Options"/>, whatever the order of keys.</summary>
    public required string OptionsHash { get; init; }

    /// <summary>Hash of kind, options, seed and input hashes: equal fingerprints make equal results.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The stage's seed.</summary>
    public required long Seed { get; init; }

    /// <summary>The commit of the working tree that the program ran in; null outside a repository.</summary>
    public string? GitCommit { get; init; }

    /// <summary>Versions of <c>dotnet</c>, <c>torch</c> and <c>alignment</c>.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Input path to hash: data files, model folders, tokenizers.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    /// <summary>Result file, relative to the stage's folder, to hash. Empty until the stage is done.</summary>
    public IReadOnlyDictionary<string, string> Results { get; init; } = new Dictionary<string, string>();

    /// <summary>Counted things: rows read, rows dropped, tokens, steps.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Measured results worth a line: held-out accuracy, reward mean, ...</summary>
    public IReadOnlyDictionary<string, double> Measures { get; init; } = new Dictionary<string, double>();

    /// <summary>What the guards warned of (docs/guards.md).</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Wall-clock seconds, summed over the sessions that ended in order.</summary>
    public double Seconds { get; init; }

    /// <summary>The manifest of a stage that begins now.</summary>
    /// <param name="kind">The kind of stage.</param>
    /// <param name="name">The stage's name.</param>
    /// <param name="options">Every option, defaults filled in.</param>
    /// <param name="seed">The stage's seed.</param>
    /// <param name="inputPaths">Files and folders that the stage reads; each is hashed under the path given here.</param>
    /// <param name="versions">More versions to note, such as torch's.</param>
    /// <exception cref="FileNotFoundException">An input does not exist.</exception>
    public static StageManifest Begin(
        string kind, string name, JsonObject options, long seed, IEnumerable<string> inputPaths, IReadOnlyDictionary<string, string>? versions = null)
    {
        var inputs = HashInputs(inputPaths);
        var assembly = typeof(StageManifest).Assembly;
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["alignment"] = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown",
            ["dotnet"] = Environment.Version.ToString(),
        };
        foreach (var (package, version) in versions ?? new Dictionary<string, string>())
        {
            all[package] = version;
        }

        return new StageManifest
        {
            Kind = kind,
            Name = name,
            Status = StageStatus.Running,
            Options = (JsonObject)options.DeepClone(),
            OptionsHash = ContentHash.OfJson(options),
            Fingerprint = ComputeFingerprint(kind, options, seed, inputs),
            Seed = seed,
            GitCommit = Runs.GitCommit.Find(Environment.CurrentDirectory),
            Versions = all,
            Inputs = inputs,
        };
    }

    /// <summary>Hashes inputs; a folder counts by its files.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <exception cref="FileNotFoundException">One does not exist.</exception>
    public static SortedDictionary<string, string> HashInputs(IEnumerable<string> paths)
    {
        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            inputs[path.Replace('\\', '/')] = ContentHash.OfPath(path);
        }

        return inputs;
    }

    /// <summary>
    /// The hash that decides whether an old output can be kept or resumed. The guards have no part in it: they change no number, and a run that one
    /// has stopped must be able to go on with another bound.
    /// </summary>
    /// <param name="kind">The kind of stage.</param>
    /// <param name="options">Every option, defaults filled in.</param>
    /// <param name="seed">The stage's seed.</param>
    /// <param name="inputs">Input path to hash.</param>
    public static string ComputeFingerprint(string kind, JsonObject options, long seed, IReadOnlyDictionary<string, string> inputs)
    {
        var hashes = new JsonObject();
        foreach (var (path, hash) in inputs)
        {
            hashes[path] = hash;
        }

        var counted = (JsonObject)options.DeepClone();
        (counted["training"] as JsonObject)?.Remove("guards");
        return ContentHash.OfJson(new JsonObject { ["kind"] = kind, ["options"] = counted, ["seed"] = seed, ["inputs"] = hashes });
    }

    /// <summary>Reads a stage folder's manifest.</summary>
    /// <param name="folder">The stage's output folder.</param>
    /// <returns>The manifest, or null when the folder has none.</returns>
    /// <exception cref="InvalidDataException">The file is not a manifest.</exception>
    public static StageManifest? TryLoad(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<StageManifest>(File.ReadAllText(path), Format)
                ?? throw new JsonException("the file holds null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{path}: not a stage manifest: {error.Message} Remove the folder to start the stage afresh.", error);
        }
    }

    /// <summary>Writes the manifest aside and renames it into place.</summary>
    /// <param name="folder">The stage's output folder.</param>
    /// <exception cref="IOException">It cannot be written; an old one is untouched.</exception>
    public void Save(string folder) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Format) + "\n");

    /// <summary>Result files that are missing or are not what the manifest says.</summary>
    /// <param name="folder">The stage's output folder.</param>
    /// <returns>Relative paths; empty when all is as it was written.</returns>
    public IReadOnlyList<string> BrokenResults(string folder) =>
        [.. Results.Where(result => !Holds(Path.Combine(folder, result.Key), result.Value)).Select(result => result.Key)];

    private static bool Holds(string path, string hash) => File.Exists(path) && ContentHash.OfFile(path) == hash;
}
