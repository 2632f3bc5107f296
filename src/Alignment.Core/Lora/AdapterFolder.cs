using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>
/// Adapters in PEFT's folder layout: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>. The base that the config names is a
/// folder: absolute, or relative to the adapter's folder, or relative to the current one; it may be an adapter folder itself.
/// </summary>
public static class AdapterFolder
{
    /// <summary>The file with the updates.</summary>
    public const string WeightsFile = "adapter_model.safetensors";

    /// <summary>Key of the weights' metadata: how the base was held in training. A base is rounded so before it gets the updates.</summary>
    internal const string QuantizationKey = "base_quantization";

    private const string KeyPrefix = "base_model.model.";
    private const int LongestChain = 32;

    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool Is(string folder) => File.Exists(Path.Combine(folder, LoraConfig.FileName));

    /// <summary>The folder of an adapter's base model.</summary>
    /// <param name="folder">An adapter folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">The config is broken or names no base.</exception>
    public static string BaseOf(string folder)
    {
        var name = LoraConfig.Load(folder).BaseModel;
        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0'))
        {
            throw new InvalidDataException($"{Path.Combine(folder, LoraConfig.FileName)}: 'base_model_name_or_path' is missing; write the path of the base model's folder there.");
        }

        var beside = Path.GetFullPath(Path.Combine(folder, name));
        return Directory.Exists(beside) ? beside
            : Directory.Exists(name) ? Path.GetFullPath(name)
            : throw new DirectoryNotFoundException(
                $"{folder}: the adapter's base model '{name}' is not a folder here (looked for {beside} and {Path.GetFullPath(name)}); put the base model there, or write its path into 'base_model_name_or_path' of {LoraConfig.FileName}.");
    }

    /// <summary>The folder, the base of the adapter in it, the base of that one, down to a folder with whole weights.</summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <exception cref="DirectoryNotFoundException">A base is missing.</exception>
    /// <exception cref="InvalidDataException">A config is broken, or the chain comes back to where it was.</exception>
    public static IReadOnlyList<string> Chain(string folder)
    {
        var chain = new List<string> { folder };
        while (Is(chain[^1]))
        {
            chain.Add(BaseOf(chain[^1]));
            if (chain.Count > LongestChain)
            {
                throw new InvalidDataException($"{folder}: the chain of base models does not end ({string.Join(" → ", chain.Take(4))} → …); see 'base_model_name_or_path' in each {LoraConfig.FileName}.");
            }
        }

        return chain;
    }

    /// <summary>A file of the folder, or of the nearest base that has it where the folder holds an adapter.</summary>
    /// <param name="folder">A model or adapter folder.</param>
    /// <param name="name">The file's name.</param>
    /// <returns>Its path; null when none has it.</returns>
    public static string? FindFile(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? path
            : Is(folder) ? Chain(folder).Select(link => Path.Combine(link, name)).FirstOrDefault(File.Exists)
            : null;
    }

    /// <summary>The config of the model that an adapter folder without one of its own makes: the base's, with the adapter's kind of head.</summary>
    internal static ModelConfig LoadConfig(string folder)
    {
        var below = ModelConfig.Load(Chain(folder)[1]);
        return LoraConfig.Load(folder).TaskType switch
        {
            LoraConfig.ClassifierTask => below with { Architecture = below.Family.ScalarArchitecture },
            LoraConfig.CausalTask => below with { Architecture = below.Family.CausalArchitecture },
            _ => below,
        };
    }

    /// <summary>The names of an adapter file's tensors.</summary>
    /// <param name="folder">An adapter folder.</param>
    /// <exception cref="FileNotFoundException">The weights are missing.</exception>
    /// <exception cref="InvalidDataException">A broken file.</exception>
    public static IReadOnlySet<string> Keys(string folder)
    {
        using var file = AdapterParameters.Open(folder);
        return file.Entries.Keys.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether an adapter file has a low-rank update that a model can hold apart: of a projection within its layers.</summary>
    /// <param name="key">A tensor's name.</param>
    /// <param name="model">The model's config.</param>
    /// <param name="module">The projection's full name.</param>
    internal static bool IsApart(string key, ModelConfig model, out string module)
    {
        var end = $".{Projection.FactorA}.weight";
        var fits = key.StartsWith($"{KeyPrefix}{model.Family.Names.Backbone}.", StringComparison.Ordinal) && key.EndsWith(end, StringComparison.Ordinal);
        module = fits ? key[KeyPrefix.Length..^end.Length] : "";
        return fits;
    }

    /// <summary>Gives a model, into which all else of an adapter folder was loaded, the folder's low-rank updates as a live adapter.</summary>
    /// <param name="folder">The adapter folder.</param>
    /// <param name="model">The model's config.</param>
    /// <param name="add">Adds an adapter to the model, by config and seed.</param>
    /// <param name="added">That adapter.</param>
    internal static void Attach(string folder, ModelConfig model, Action<LoraConfig, long> add, Func<LoraAdapter> added)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var file = AdapterParameters.Open(folder);
        var modules = file.Entries.Keys.Select(key => IsApart(key, model, out var module) ? module : "").Where(module => module.Length > 0).ToList();
        if (modules.Count == 0)
        {
            return;
        }

        add(LoraConfig.Load(folder) with { Targets = new TargetModules(modules, IsPattern: false), ModulesToSave = [] }, 0);
        foreach (var (name, tensor) in added().State().Where(item => file.Entries.ContainsKey(item.Key)))
        {
            tensor.copy_(file.Load(name));
        }
    }

    /// <summary>Writes both files and reads the weights back.</summary>
    /// <param name="adapter">Not merged.</param>
    /// <param name="model">The model's config.</param>
    /// <param name="aside">Where to write.</param>
    /// <param name="folder">Where the files will lie in the end.</param>
    /// <param name="type">Of the stored tensors.</param>
    /// <exception cref="IOException">Could not be written, or read back as something else.</exception>
    internal static void Write(LoraAdapter adapter, ModelConfig model, string aside, string folder, ScalarType type)
    {
        var config = adapter.Config with { BaseModel = NameOf(adapter.Config.BaseModel!, folder) };
        File.WriteAllText(Path.Combine(aside, LoraConfig.FileName), config.ToJson(model.Family.Names.StoredTransposed));
        var path = Path.Combine(aside, WeightsFile);
        var state = adapter.State();
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        if (config.BaseQuantization != Quantization.None)
        {
            metadata[QuantizationKey] = config.BaseQuantization.ToString().ToLowerInvariant();
        }

        SafetensorsWriter.Write(path, state, type, metadata);

        using var file = SafetensorsFile.Open(path);
        foreach (var (name, tensor) in state)
        {
            using var scope = NewDisposeScope();
            if (!file.Load(name).bytes.SequenceEqual(tensor.detach().cpu().to(type).contiguous().bytes))
            {
                throw new IOException($"{folder}: the tensor '{name}' was not stored as it is; the disk may be failing.");
            }
        }
    }

    /// <summary>
    /// What a base is called from an adapter's folder <c>run/stage/model</c>: the way from one to the other within the run, so that a run can
    /// be moved; the full path of a base elsewhere, as PEFT writes it, which reads a relative one from wherever it runs.
    /// </summary>
    private static string NameOf(string baseFolder, string folder)
    {
        var (full, run) = (Path.GetFullPath(baseFolder), Path.GetFullPath(Path.Combine(folder, "..", "..")));
        var isWithin = Path.GetDirectoryName(run) is not null && full.StartsWith(run + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        return isWithin ? Path.GetRelativePath(Path.GetFullPath(folder), full).Replace('\\', '/') : full;
    }
}
