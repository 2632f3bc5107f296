using System.Text.Json.Nodes;
using Alignment.Core.Checkpoints;
using Alignment.Core.Models;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Alignment.Training.Runs;
using Serilog;
using static TorchSharp.torch;

namespace Alignment.Training.Loops;

/// <summary>
/// The language model at one checkpoint of a run. A checkpoint holds trained weights only; what they belong to, the manifest beside it tells: the
/// model that the run began with, and its adapter where it trained one.
/// </summary>
public sealed class CheckpointModel
{
    private const string WeightsFile = "model.safetensors";

    private readonly string _weights;
    private readonly string _base;
    private readonly TrainingOptions _training;

    private CheckpointModel(SavedCheckpoint checkpoint, string folder, string baseFolder, TrainingOptions training, string hash)
    {
        (Step, Folder, Hash) = (checkpoint.Step, folder, hash);
        (_weights, _base, _training) = (Path.Combine(checkpoint.Folder, WeightsFile), baseFolder, training);
    }

    /// <summary>Optimizer steps done.</summary>
    public long Step { get; }

    /// <summary>A model folder with the same config, tokenizer and stop tokens: the run's result, or what it began with where it is not done.</summary>
    public string Folder { get; }

    /// <summary>Changes with anything that the model computes from.</summary>
    public string Hash { get; }

    /// <summary>The checkpoints of a run, oldest first; damaged ones are told about and passed over.</summary>
    /// <param name="checkpoints">The stage's <c>checkpoints</c> folder.</param>
    /// <param name="log">Told about damaged checkpoints.</param>
    /// <exception cref="InvalidDataException">It is not the folder of a run that trains a language model, or the model that the run began with is gone.</exception>
    public static IReadOnlyList<CheckpointModel> Of(string checkpoints, ILogger log)
    {
        var stage = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoints)))!;
        var manifest = StageManifest.TryLoad(stage)
            ?? throw new InvalidDataException($"{checkpoints}: there is no {StageManifest.FileName} beside it, so nobody knows what its weights belong to; give stage:NAME/checkpoints");
        if (manifest.Kind == StageKinds.Reward)
        {
            throw new InvalidDataException($"{checkpoints}: these are checkpoints of a reward model, which cannot respond to prompts; give those of a stage that trains a policy");
        }

        var result = manifest.Status == StageStatus.Done ? new RunFolder(stage).Model : null;
        var begun = manifest.Options["model"]?.GetValue<string>() is { } path && Directory.Exists(path) ? path : null;
        var training = manifest.Options["training"]?.AsObject();
        var adapter = new JsonObject { ["lora"] = training?["lora"]?.DeepClone(), ["quantization"] = training?["quantization"]?.DeepClone() ?? "none" }.ToJsonString();
        var baseFolder = begun ?? (training?["lora"] is null ? result : null)
            ?? throw new InvalidDataException($"{checkpoints}: the model that the run began with ({manifest.Options["model"]?.ToString() ?? "a new one"}) is not there; put it back, or let the run finish");
        var baseHash = ContentHash.OfFolder(baseFolder);
        return [.. new CheckpointStore(checkpoints, manifest.Fingerprint, log).All().Select(checkpoint => new CheckpointModel(
            checkpoint, result ?? baseFolder, baseFolder, OptionsBinder.BindText<TrainingOptions>(adapter), ContentHash.OfText($"{baseHash} {WeightsOf(checkpoint)} {adapter}")))];
    }

    /// <summary>Loads it, in eval mode.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="computeType">See <see cref="CausalLm.ComputeType"/>.</param>
    /// <exception cref="InvalidDataException">The weights do not fit the model that the run began with.</exception>
    public CausalLm Load(Device device, ScalarType computeType)
    {
        var model = ModelFolder.LoadCausalLm(_base, device, computeType, _training.Quantization);
        try
        {
            if (_training.Lora is { } lora)
            {
                model.AddAdapter(lora.ToConfig(_base), seed: 0); // its weights come from the checkpoint
            }

            CheckpointParts.Module(WeightsFile, model).Load(_weights);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static string WeightsOf(SavedCheckpoint checkpoint)
    {
        var path = Path.Combine(checkpoint.Folder, WeightsFile);
        return File.Exists(path) ? ContentHash.OfFile(path) : throw new InvalidDataException($"{checkpoint.Folder}: holds no {WeightsFile}, so it is not of a run that trains a language model");
    }
}
