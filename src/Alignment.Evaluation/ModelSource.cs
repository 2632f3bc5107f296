using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Core.Numerics;
using Alignment.Training.Loops;
using Alignment.Training.Runs;
using Serilog;

namespace Alignment.Evaluation;

/// <summary>One of the models that are compared: a model folder, or a checkpoint of a run.</summary>
/// <param name="Name">As the tables show it.</param>
/// <param name="Folder">A model folder with its config, tokenizer and stop tokens; the weights, too, where it is no checkpoint.</param>
internal sealed record ModelSource(string Name, string Folder)
{
    /// <summary>The name under <c>checkpoints</c>; null for a model of its own.</summary>
    public string? Run { get; init; }

    /// <summary>The checkpoint; null for a model of its own.</summary>
    public CheckpointModel? Checkpoint { get; init; }

    /// <summary>Changes with anything that the model computes from.</summary>
    public string Hash => Checkpoint?.Hash ?? ContentHash.OfFolder(Folder);

    /// <summary>The models in the order of the options, then the checkpoints, each run's from the oldest to the newest.</summary>
    /// <param name="options">The stage's options.</param>
    /// <param name="log">Told about damaged checkpoints.</param>
    /// <exception cref="InvalidDataException">A checkpoints folder cannot be used or has none.</exception>
    public static IReadOnlyList<ModelSource> All(EvaluationOptions options, ILogger log)
    {
        List<ModelSource> all = [.. options.Models.Select(model => new ModelSource(model.Key, model.Value))];
        foreach (var (run, folder) in options.Checkpoints)
        {
            var checkpoints = CheckpointModel.Of(folder, log);
            if (checkpoints.Count == 0)
            {
                throw new InvalidDataException($"checkpoints.{run}: '{folder}' holds no whole checkpoint; train with training.save_every and a training.keep_last that keeps them all");
            }

            all.AddRange(checkpoints.Select(checkpoint => new ModelSource(FormattableString.Invariant($"{run}@{checkpoint.Step}"), checkpoint.Folder) { Run = run, Checkpoint = checkpoint }));
        }

        return all.GroupBy(model => model.Name).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? throw new InvalidDataException($"two of the models and checkpoints are called '{twice.Key}'; give one another name")
            : all;
    }

    /// <summary>Loads it.</summary>
    /// <param name="options">Device and number type.</param>
    public CausalLm Load(EvaluationOptions options)
    {
        var (device, type) = (Devices.Parse(options.Device), options.Dtype.ToScalarType());
        return Checkpoint?.Load(device, type) ?? ModelFolder.LoadCausalLm(Folder, device, type);
    }
}
