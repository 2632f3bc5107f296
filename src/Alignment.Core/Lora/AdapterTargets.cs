using Alignment.Core.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Core.Lora;

/// <summary>What an adapter's names mean in one model.</summary>
/// <param name="Projections">Updated projections, in the model's order.</param>
/// <param name="Saved">Parameters that are trained in full, by full name.</param>
internal sealed record AdapterTargets(IReadOnlyList<Projection> Projections, IReadOnlyDictionary<string, Parameter> Saved)
{
    /// <summary>Finds them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shape">Of the model.</param>
    /// <param name="config">Names target modules and modules to save.</param>
    /// <exception cref="InvalidDataException">A name that means nothing, or a module that cannot be had; every problem is listed.</exception>
    public static AdapterTargets Of(nn.Module model, ModelConfig shape, LoraConfig config)
    {
        var saved = model.named_parameters().Where(item => config.Saves(item.name)).ToDictionary(item => item.name, item => item.parameter, StringComparer.Ordinal);
        var all = model.modules().OfType<Projection>().Where(projection => !config.Saves(projection.Name)).ToList();
        var included = all.Where(projection => config.Targets!.Include(projection.Name, IsOutput(shape, projection))).ToList();
        var problems = Problems(model, shape, config, saved, all, included).ToList();
        return problems.Count == 0 ? new AdapterTargets(included, saved) : throw new InvalidDataException($"The adapter does not fit the {shape.ModelType} model: {string.Join("; ", problems)}.");
    }

    /// <summary>The shortest list that means these projections and no others: the last part of their names.</summary>
    public TargetModules Names() => new([.. Projections.Select(projection => projection.Name[(projection.Name.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal)], IsPattern: false);

    private static IEnumerable<string> Problems(
        nn.Module model, ModelConfig shape, LoraConfig config, Dictionary<string, Parameter> saved, List<Projection> all, List<Projection> included)
    {
        var known = string.Join(", ", all.Where(projection => !IsOutput(shape, projection)).Select(projection => projection.Name[(projection.Name.LastIndexOf('.') + 1)..]).Distinct());
        if (included.Count == 0)
        {
            yield return $"target_modules ({string.Join(", ", config.Targets!.Names)}) name none of its projections ({known})";
        }

        foreach (var name in config.Targets!.IsPattern ? [] : config.Targets.Names.Where(name => !all.Any(projection => ModuleNames.EndsIn(projection.Name, name))))
        {
            var isTable = model.named_parameters().Any(item => ModuleNames.LiesIn(item.name, name));
            yield return isTable && !config.ModulesToSave.Contains(name)
                ? $"target module '{name}' is no projection and cannot have a low-rank update; name it in modules_to_save to train it in full"
                : $"target module '{name}' is not among its projections ({known})";
        }

        foreach (var projection in included.Where(projection => IsOutput(shape, projection)))
        {
            yield return $"target module '{projection.Name}' is the output layer, whose update is not supported; name it in modules_to_save to train it in full";
        }

        foreach (var name in config.ModulesToSave.Where(name => !saved.Keys.Any(key => ModuleNames.LiesIn(key, name))))
        {
            yield return shape.TiedEmbeddings && name == shape.Family.Names.Head
                ? $"modules_to_save names '{name}', which is the token embedding in this model (tie_word_embeddings); tied modules cannot be trained apart"
                : $"modules_to_save names '{name}', which the model lacks";
        }

        if (shape.TiedEmbeddings && saved.Keys.Any(key => IsEmbedding(shape, key)) && model is CausalLm)
        {
            yield return $"modules_to_save names the token embedding, which is also the output layer in this model (tie_word_embeddings); tied modules cannot be trained apart";
        }
    }

    private static bool IsOutput(ModelConfig shape, Projection projection) => !projection.Name.StartsWith(shape.Family.Names.Backbone + ".", StringComparison.Ordinal);

    private static bool IsEmbedding(ModelConfig shape, string key) => key == $"{shape.Family.Names.Backbone}.{shape.Family.Names.TokenEmbedding}.weight";
}
