using System.ComponentModel;

namespace Alignment.Training.Guards;

/// <summary>One entry of <c>guards</c>: changes the default guard of its name, or adds one.</summary>
public sealed record GuardOptions
{
    /// <summary>What it watches; null keeps a default guard's metrics.</summary>
    [Description("metric of metrics.jsonl, or several; a default guard has its own")]
    public IReadOnlyList<string>? Metric { get; init; }

    /// <summary>An upper bound.</summary>
    [Description("out of bounds above this value")]
    public double? Above { get; init; }

    /// <summary>A lower bound.</summary>
    [Description("out of bounds below this value")]
    public double? Below { get; init; }

    /// <summary>An upper bound as a multiple of the run's own first lines.</summary>
    [Description("out of bounds above this many times the median of the run's first 5 values")]
    public double? AboveStart { get; init; }

    /// <summary>A lower bound as a multiple of the run's own first lines.</summary>
    [Description("out of bounds below this many times the median of the run's first 5 values")]
    public double? BelowStart { get; init; }

    /// <summary>How many lines in a row must be out of bounds; null keeps a default guard's, else 3.</summary>
    [Description("lines of metrics in a row that must be out of bounds; a default guard's own, else 3")]
    public int? Lines { get; init; }

    /// <summary>Warn or stop; null keeps a default guard's, else warn.</summary>
    [Description("warn: say so once; stop: end the run, the step is not saved; a default guard's own, else warn")]
    public GuardAction? Action { get; init; }

    /// <summary>What the message says besides the numbers.</summary>
    [Description("likely cause, for the message")]
    public string? Cause { get; init; }

    /// <summary>Turns a default guard off.</summary>
    [Description("turns a default guard off")]
    public bool Off { get; init; }

    /// <summary>The bound that is given; null without one.</summary>
    internal GuardBound? Bound =>
        Above is { } above ? new(IsUpper: true, above, OfStart: false)
        : Below is { } below ? new(IsUpper: false, below, OfStart: false)
        : AboveStart is { } aboveStart ? new(IsUpper: true, aboveStart, OfStart: true)
        : BelowStart is { } belowStart ? new(IsUpper: false, belowStart, OfStart: true)
        : null;

    /// <summary>Every rule that is broken; each text begins with the option's path from <c>guards</c> on.</summary>
    /// <param name="name">The entry's name.</param>
    internal IEnumerable<string> Problems(string name)
    {
        var path = $"guards.{name}";
        var isDefault = DefaultGuards.Names.Contains(name);
        (bool Broken, string Text)[] rules =
        [
            (!isDefault && Metric is null, $"{path} has no metric and is none of the default guards ({string.Join(", ", DefaultGuards.Names)}); name the metric to watch"),
            (!isDefault && Metric is not null && Bound is null, $"{path} has no bound; give one of above, below, above_start, below_start"),
            (!isDefault && Off, $"{path} is off, but there is no default guard of that name ({string.Join(", ", DefaultGuards.Names)}); remove it"),
            (new[] { Above, Below, AboveStart, BelowStart }.Count(bound => bound is not null) > 1, $"{path} has several bounds; give one, and a second guard for another"),
            (AboveStart is <= 0, $"{path}.above_start is {AboveStart}; it must be above 0"),
            (BelowStart is <= 0, $"{path}.below_start is {BelowStart}; it must be above 0"),
            (Lines is < 1, $"{path}.lines is {Lines}; it must be at least 1"),
            (Metric is { Count: 0 } || Metric?.Any(string.IsNullOrWhiteSpace) == true, $"{path}.metric is empty; name a metric of docs/metrics.md"),
        ];
        return rules.Where(rule => rule.Broken).Select(rule => rule.Text);
    }
}
