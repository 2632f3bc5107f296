using TorchSharp;
using static TorchSharp.torch;

namespace Alignment.Training.Metrics;

/// <summary>
/// Numbers that a device has been told to compute and that the host wants to know, but not at once. Reading one waits until the device has done
/// everything that it was told before; so they wait here, and <see cref="Read"/> takes all of them in one transfer, in the order in which they came in.
/// What lies in the host's memory is there already and is taken at once.
/// </summary>
/// <param name="holdsAll">Whether numbers in the host's memory wait as well, as those of a device do.</param>
public sealed class PendingReads(bool holdsAll = false)
{
    private readonly List<(Tensor Values, Action<double[]> Take)> _waiting = [];

    /// <summary>Takes a number, now or when it is read.</summary>
    /// <param name="value">A scalar tensor of any type that float64 holds exactly; it may be disposed afterwards, but not be changed before it is read.</param>
    /// <param name="take">Is given the number.</param>
    public void Add(Tensor value, Action<double> take) => Add(value, take, static (take, number) => take(number));

    /// <summary>Takes a number, now or when it is read; allocates nothing where it is taken now.</summary>
    /// <param name="value">As above.</param>
    /// <param name="state">Is given to <paramref name="take"/>.</param>
    /// <param name="take">Is given the number.</param>
    public void Add<TState>(Tensor value, TState state, Action<TState, double> take)
    {
        if (AreAtHand(value))
        {
            take(state, value.ToDouble());
        }
        else
        {
            Keep(value, state, take);
        }
    }

    /// <summary>Takes all numbers of a tensor, now or when they are read.</summary>
    /// <param name="values">Any shape; else as for <see cref="Add(Tensor, Action{double})"/>.</param>
    /// <param name="take">Is given the numbers, the last dimension running fastest.</param>
    public void AddAll(Tensor values, Action<double[]> take)
    {
        using var scope = NewDisposeScope();
        var kept = values.detach().to(ScalarType.Float64).reshape(-1);
        if (AreAtHand(values))
        {
            take(kept.data<double>().ToArray());
        }
        else
        {
            _waiting.Add((kept.DetachFromDisposeScope(), take));
        }
    }

    /// <summary>Reads everything that waits. Where a taker throws, what came in after its number is dropped.</summary>
    public void Read()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var waiting = _waiting.ToArray();
        _waiting.Clear();
        scope.Attach(waiting.Select(item => item.Values)); // also where a taker throws
        var numbers = cat(Array.ConvertAll(waiting, item => item.Values)).cpu().data<double>().ToArray();
        var at = 0;
        foreach (var (values, take) in waiting)
        {
            take(numbers[at..(at += (int)values.numel())]);
        }
    }

    private bool AreAtHand(Tensor values) => !holdsAll && values.device_type == DeviceType.CPU;

    private void Keep<TState>(Tensor value, TState state, Action<TState, double> take) => AddAll(value, values => take(state, values[0]));
}
