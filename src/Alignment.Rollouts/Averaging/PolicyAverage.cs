using Alignment.Core.Checkpoints;
using Alignment.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Rollouts.Averaging;

/// <summary>The running average of a policy's trained weights; with LoRA of its adapter. Part of a checkpoint.</summary>
public sealed class PolicyAverage : IDisposable
{
    private readonly AveragingOptions _options;
    private readonly RolloutModels _models;
    private readonly Dictionary<string, Tensor> _policy;
    private readonly Dictionary<string, Tensor> _average;

    /// <summary>Begins with the weights as they are: the policy's, or the reference's where the average is the reference.</summary>
    /// <param name="options">Decay, use.</param>
    /// <param name="models">Policy and reference.</param>
    /// <exception cref="InvalidDataException">The average is to be the reference, but there is none with weights of its own.</exception>
    public PolicyAverage(AveragingOptions options, RolloutModels models)
    {
        _options = options;
        _models = models;
        _policy = models.Policy.named_parameters().Where(item => item.parameter.requires_grad)
            .ToDictionary(item => item.name, item => (Tensor)item.parameter, StringComparer.Ordinal);
        _average = options.AsReference ? Anchor() : _policy.ToDictionary(item => item.Key, item => item.Value.detach().clone().DetachFromDisposeScope(), StringComparer.Ordinal);
    }

    /// <summary>The average, for a checkpoint.</summary>
    public CheckpointPart Part => new(
        "average.safetensors",
        path => SafetensorsWriter.Write(path, _average),
        path =>
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var file = SafetensorsFile.Open(path);
            foreach (var (name, target) in _average)
            {
                file.CopyTo(name, target);
            }

            Changed();
        });

    /// <summary>Follows the policy.</summary>
    public void AfterStep()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, average) in _average)
        {
            average.mul_((Scalar)_options.Decay).add_(_policy[name].detach() * (1 - _options.Decay));
        }

        Changed();
    }

    /// <summary>Puts the average into the policy, where it is to be the stage's model.</summary>
    public void Finish()
    {
        if (!_options.AsModel)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, average) in _average)
        {
            _policy[name].copy_(average);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_options.AsReference)
        {
            foreach (var average in _average.Values)
            {
                average.Dispose();
            }
        }
    }

    private void Changed()
    {
        if (_options.AsReference)
        {
            _models.ReferenceChanged();
        }
    }

    private Dictionary<string, Tensor> Anchor()
    {
        var reference = _models.Reference?.named_parameters().ToDictionary(item => item.name, item => (Tensor)item.parameter, StringComparer.Ordinal)
            ?? throw new InvalidDataException("averaging.as_reference needs a reference with weights of its own: take lora out, set beta above 0, or set as_reference to false");
        var stranger = _policy.FirstOrDefault(item => !(reference.TryGetValue(item.Key, out var other) && other.shape.AsSpan().SequenceEqual(item.Value.shape)));
        return stranger.Key is null
            ? _policy.Keys.ToDictionary(name => name, name => reference[name], StringComparer.Ordinal)
            : throw new InvalidDataException($"averaging.as_reference: the policy's '{stranger.Key}' has no counterpart of its shape in the reference; take a reference of the same architecture");
    }
}
