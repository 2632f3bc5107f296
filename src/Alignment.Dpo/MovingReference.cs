using Alignment.Core.Models;
using Alignment.Objectives;
using Alignment.Training.Runs;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>A reference that follows the policy: TR-DPO, Gorbatovski et al. 2024, arXiv:2404.09656, Eq. 5 (soft) and 6 (hard, α = 1).</summary>
internal sealed class MovingReference : IDisposable
{
    private readonly CausalLm _model;
    private readonly CausalLm _policy;
    private readonly double _share;
    private readonly int _interval;

    /// <summary>Takes the reference as it is at the start.</summary>
    /// <param name="model">A model of its own; its weights change.</param>
    /// <param name="policy">The model that is trained, of the same shapes.</param>
    /// <param name="share">α: share of the policy at each synchronisation.</param>
    /// <param name="interval">Steps between two.</param>
    /// <exception cref="InvalidDataException">The two have other shapes.</exception>
    public MovingReference(CausalLm model, CausalLm policy, double share, int interval)
    {
        (_model, _policy, _share, _interval) = (model, policy, share, interval);
        _model.eval();
        var shapes = policy.named_parameters().ToDictionary(item => item.name, item => item.parameter.shape, StringComparer.Ordinal);
        if (model.named_parameters().FirstOrDefault(item => !(shapes.TryGetValue(item.name, out var shape) && shape.AsSpan().SequenceEqual(item.parameter.shape))) is { name: { } name })
        {
            throw new InvalidDataException($"sync_ref_model: the reference's '{name}' has no counterpart of its shape in the policy; take a reference of the same architecture, or leave reference out");
        }
    }

    /// <summary>Where the reference stands; trained parameters do not tell, for it has none.</summary>
    public CheckpointPart Part => CheckpointParts.Module("reference.safetensors", _model);

    /// <summary>log π_ref of both responses of each pair, now.</summary>
    /// <param name="batch">P pairs.</param>
    /// <returns>[P] float64 each, without gradient.</returns>
    public PairLogProbs LogProbs(PairBatch batch)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sums = batch.Sum(batch.Targets.LogProbs(_model));
        return new(sums.Chosen.MoveToOuterDisposeScope(), sums.Rejected.MoveToOuterDisposeScope());
    }

    /// <summary>π_ref ← α·π + (1 − α)·π_ref, weight by weight, where the step asks for it.</summary>
    /// <param name="step">The step that is done.</param>
    public void AfterStep(long step)
    {
        if (step % _interval != 0)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var policy = _policy.named_parameters().ToDictionary(item => item.name, item => item.parameter, StringComparer.Ordinal);
        foreach (var (name, parameter) in _model.named_parameters())
        {
            parameter.mul_(1 - _share).add_(policy[name].detach() * _share);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
