using Alignment.Core.Numerics;
using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Judging;

/// <summary>Two of a task's candidates in one order, asked once.</summary>
/// <param name="Task">The task.</param>
/// <param name="First">The candidate shown as A, counted from 0 in the task.</param>
/// <param name="Second">The candidate shown as B.</param>
/// <param name="Sample">Which of the samples it is, from 0.</param>
public sealed record JudgeQuestion(LabelTask Task, int First, int Second, int Sample)
{
    /// <summary>What tells it from all other questions of a judge.</summary>
    public string Key => FormattableString.Invariant($"{Task.Id.Length}/{Task.Id}/{First}-{Second}/{Sample}");

    /// <summary>Its own seed, which every server's integers can hold.</summary>
    /// <param name="seed">The judge's.</param>
    public long Seed(long seed) => Seeds.Derive(seed, $"judge/{Key}") & int.MaxValue;
}
