using System.Text;
using Alignment.Core.Checkpoints;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Alignment.Training.Runs;

/// <summary>Checkpoint parts of the things that stages have in common; each comes back bit for bit.</summary>
public static class CheckpointParts
{
    /// <summary>A module's trained parameters and its buffers, as safetensors; what is frozen does not change and is left out.</summary>
    /// <param name="fileName">For instance <c>model.safetensors</c>.</param>
    /// <param name="module">The module; loading copies into its tensors in place.</param>
    public static CheckpointPart Module(string fileName, nn.Module module) => new(
        fileName,
        path =>
        {
            using var scope = NewDisposeScope();
            SafetensorsWriter.Write(path, Changing(module));
        },
        path =>
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var file = SafetensorsFile.Open(path);
            foreach (var (name, target) in Changing(module))
            {
                file.CopyTo(name, target);
            }
        });

    private static Dictionary<string, Tensor> Changing(nn.Module module)
    {
        var frozen = module.named_parameters().Where(item => !item.parameter.requires_grad).Select(item => item.name).ToHashSet(StringComparer.Ordinal);
        return module.state_dict().Where(item => !frozen.Contains(item.Key)).ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>An optimizer's moments and step counts.</summary>
    /// <param name="fileName">For instance <c>optimizer.bin</c>.</param>
    /// <param name="optimizer">The optimizer, made over the same parameters in the same order when it is loaded.</param>
    public static CheckpointPart Optimizer(string fileName, OptimizerHelper optimizer) => new(
        fileName,
        path =>
        {
            using var scope = NewDisposeScope();
            using var writer = new BinaryWriter(File.Create(path), Encoding.UTF8);
            optimizer.save_state_dict(writer);
        },
        path =>
        {
            using var scope = NewDisposeScope();
            using var reader = new BinaryReader(File.OpenRead(path), Encoding.UTF8);
            optimizer.load_state_dict(reader);
        });

    /// <summary>Where a random number generator stands.</summary>
    /// <param name="fileName">For instance <c>sampling.rng</c>.</param>
    /// <param name="generator">The generator.</param>
    public static CheckpointPart Generator(string fileName, Generator generator) => new(
        fileName,
        path =>
        {
            using var state = generator.get_state(); // [N] uint8
            File.WriteAllBytes(path, state.bytes.ToArray());
        },
        path =>
        {
            using var state = tensor(File.ReadAllBytes(path), ScalarType.Byte);
            generator.set_state(state);
        });

    /// <summary>Any small text: a stage's own JSON.</summary>
    /// <param name="fileName">For instance <c>controller.json</c>.</param>
    /// <param name="save">Gives the text.</param>
    /// <param name="load">Takes it back.</param>
    public static CheckpointPart Text(string fileName, Func<string> save, Action<string> load) =>
        new(fileName, path => File.WriteAllText(path, save()), path => load(File.ReadAllText(path)));
}
