using System.ComponentModel;
using Alignment.Training.Options;

namespace Alignment.Sampling;

/// <summary>Which pairs <see cref="SampleFile.Pairs"/> holds.</summary>
public sealed record PairOptions : IValidatedOptions
{
    /// <summary>Which pairs of a prompt.</summary>
    [Description("best_worst: the best response against the worst; all: each better one against each worse one")]
    public PairKind Kind { get; init; } = PairKind.BestWorst;

    /// <summary>By how much the scores must differ.</summary>
    [Description("pairs are kept whose scores differ by more than this")]
    public double MinMargin { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Problems() => MinMargin >= 0 ? [] : [FormattableString.Invariant($"min_margin is {MinMargin}; it must be at least 0")];
}
