using Alignment.Objectives;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>The moments of all rewards so far, kept where the rewards are computed: nobody waits for them before a checkpoint is written.</summary>
internal sealed class RewardMoments
{
    private Tensor? _moments; // [2], see RunningMoments.Next; null before the first rewards
    private RunningMoments _known = RunningMoments.Start;
    private double _count = RunningMoments.Start.Count;

    /// <summary>The moments as numbers; reading them waits for the device.</summary>
    public RunningMoments Value
    {
        get
        {
            using var scope = NewDisposeScope();
            return _moments?.cpu().data<double>().ToArray() is [var mean, var variance] ? new(mean, variance, _count) : _known;
        }

        set
        {
            _moments?.Dispose();
            (_moments, _known, _count) = (null, value, value.Count);
        }
    }

    /// <summary>Adds the rewards of a batch.</summary>
    /// <param name="rewards">Any shape, not empty, without gradient.</param>
    public void Add(Tensor rewards)
    {
        using var scope = NewDisposeScope();
        var before = _moments;
        _moments = RunningMoments.Next(before ?? _known.ToTensor(), _count, rewards).DetachFromDisposeScope();
        _count += rewards.numel();
        before?.Dispose();
    }

    /// <summary>The mean in single precision, which is what BCO subtracts.</summary>
    /// <returns>A float64 scalar where the rewards are, on the CPU before the first; owned by the caller's dispose scope.</returns>
    public Tensor SingleMean()
    {
        using var scope = NewDisposeScope();
        return (_moments ?? _known.ToTensor()).select(0, 0).to(ScalarType.Float32).to(ScalarType.Float64).MoveToOuterDisposeScope();
    }
}
