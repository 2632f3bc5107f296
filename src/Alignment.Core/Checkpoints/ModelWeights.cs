using static TorchSharp.torch;

namespace Alignment.Core.Checkpoints;

/// <summary>The parameters of a module to a safetensors file and back, bit for bit; for checkpoints of a run.</summary>
public static class ModelWeights
{
    /// <summary>Parameters by their Hugging Face key. The tensors are the live ones.</summary>
    public static IReadOnlyDictionary<string, Tensor> Of(nn.Module module) =>
        module.named_parameters().ToDictionary(item => item.name, item => (Tensor)item.parameter, StringComparer.Ordinal);

    /// <summary>Writes the parameters in their own type.</summary>
    public static void Save(nn.Module module, string path) => SafetensorsWriter.Write(path, Of(module));

    /// <summary>Copies a file's tensors into the parameters of the same names.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">Missing, unexpected or mis-shaped tensors, all listed; nothing was copied then.</exception>
    public static void Load(nn.Module module, string path)
    {
        using var file = SafetensorsFile.Open(path);
        var parameters = Of(module);
        var problems = parameters.Keys.Where(name => !file.Entries.ContainsKey(name)).Select(name => $"{name} is missing")
            .Concat(file.Entries.Keys.Where(name => !parameters.ContainsKey(name)).Select(name => $"{name} is unexpected"))
            .Concat(file.Entries.Values
                .Where(entry => parameters.TryGetValue(entry.Name, out var parameter) && !entry.Shape.AsSpan().SequenceEqual(parameter.shape))
                .Select(entry => $"{entry.Name} is [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", parameters[entry.Name].shape)}]"))
            .ToList();
        if (problems.Count > 0)
        {
            throw new InvalidDataException($"{path}: not the weights of this model: {string.Join("; ", problems)}.");
        }

        foreach (var (name, parameter) in parameters)
        {
            file.CopyTo(name, parameter);
        }
    }
}
